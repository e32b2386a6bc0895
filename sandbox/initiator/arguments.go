package initiator

import (
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// resumeLevels are the values of ascp's -k (spec transfer.md section 6.3).
var resumeLevels = map[string]string{"none": "0", "attrs": "1", "sparse_csum": "2", "full_csum": "3"}

// arguments makes the command line (spec transfer.md sections 6.3 and 8.3).
// cluster is the value of -C, if any. again: partial files of an earlier session go
// on.
func (r *run) arguments(managementPort int, list, cluster string, again bool) []string {
	s := &r.spec
	args := []string{"-M", strconv.Itoa(managementPort), "-q", "--mode", "send"}
	if s.Direction == grant.Receive {
		args[4] = "recv"
	}
	args = append(args, "--host", s.RemoteHost, "--user", s.RemoteUser, "-P", strconv.Itoa(*s.SSHPort), "--dest64",
		"--tags64="+base64.StdEncoding.EncodeToString(r.tags))
	if cluster != "" {
		args = append(args, "-C", cluster)
	}
	if s.Token != "" && s.RemotePassword == "" && s.PrivateKey == "" {
		args = append(args, "-i", r.initiator.config.BypassKey)
	}
	resume := resumeLevels[s.Resume]
	if again && (resume == "" || resume == "0") {
		resume = resumeLevels["sparse_csum"]
	}
	for _, option := range []struct{ name, value string }{
		{"--resume=", resume},
		{"--overwrite=", s.Overwrite},
		{"--symbolic-links=", s.Symlinks},
		{"--file-checksum=", s.FileChecksum},
		{"--source-prefix64=", encoded(s.SourceRoot)},
		{"--src-base64=", encoded(s.SourceBase)},
		{"--target-rate=", whole(int64(r.targetRate()))},
		{"--min-rate=", whole(int64(s.MinRate))},
		{"--exclude-newer-than=", whole(int64(s.Newer))},
		{"--exclude-older-than=", whole(int64(s.Older))},
		{"--move-after-transfer=", s.MoveAfter},
		{"--file-crypt=", s.ContentProtection},
	} {
		if option.value != "" {
			args = append(args, option.name+option.value)
		}
	}
	for _, option := range []struct {
		name  string
		given bool
	}{
		{"--apply-local-docroot", r.root != ""},
		{"--create-dir", s.CreateDir},
		{"--precalculate-disable", !s.precalculates()},
		{"--preserve-times", s.PreserveTimes},
		{"--preserve-modification-time", s.PreserveMtime},
		{"--preserve-access-time", s.PreserveAtime},
		{"--remove-after-transfer", s.RemoveAfter || s.DeleteSource},
		{"--remove-empty-directories", s.RemoveEmpty},
		{"--remove-empty-source-directory", s.DeleteSource},
		{"--delete-before-transfer", s.DeleteBefore},
		{"--remove-skipped", s.RemoveSkipped},
		{"--keepalive", s.Keepalive},
	} {
		if option.given {
			args = append(args, option.name)
		}
	}
	if len(s.Paths) > 0 {
		form := "--file-list="
		if s.Paths[0].Destination != "" {
			form = "--file-pair-list="
		}
		args = append(args, form+list)
	}
	destination := s.DestinationRoot
	if destination == "" {
		destination = "/"
	}
	return append(args, encoded(destination))
}

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// whole formats a number, 0 as nothing.
func whole(value int64) string {
	if value == 0 {
		return ""
	}
	return strconv.FormatInt(value, 10)
}

// environment gives ascp its secrets, which no command line shows, and the
// folder that it must not leave.
func (r *run) environment() []string {
	env := os.Environ()
	password := r.spec.RemotePassword
	if password == "" {
		password = r.spec.KeyPassphrase
	}
	for name, value := range map[string]string{
		"ASPERA_SCP_TOKEN": r.spec.Token, "ASPERA_SCP_PASS": password, "ASPERA_SCP_KEY": r.spec.PrivateKey,
		"ASPERA_SCP_COOKIE": r.spec.Cookie, "ASPERA_SCP_FILEPASS": r.spec.ContentPassword, ascp.EnvLocalRoot: r.root,
		ascp.EnvDisk: r.initiator.config.Disk.String(),
	} {
		// Also when empty: the sandbox may have been started with another value.
		env = append(env, name+"="+value)
	}
	return env
}

// writeList writes the sources to a file of the temporary folder.
func (r *run) writeList() (name string, err error) {
	var lines strings.Builder
	for _, p := range r.spec.Paths {
		lines.WriteString(p.Source + "\n")
		if p.Destination != "" {
			lines.WriteString(p.Destination + "\n")
		}
	}
	file, err := os.CreateTemp(r.initiator.config.Temporary, "transfer-*.list")
	if err != nil {
		return "", fmt.Errorf("file list: %w", err)
	}
	_, err = file.WriteString(lines.String())
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return file.Name(), err
}
