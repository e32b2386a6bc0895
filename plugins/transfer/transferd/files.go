package transferd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// configuration is what a daemon is started with (spec/transfer.md 9.2).
func configuration(params parameters, program product.Executable) (*record.Object, error) {
	bin, err := filepath.Abs(filepath.Dir(program.Path))
	if err != nil {
		return nil, failure.Otherf("RuntimeError", "%s: %w", program.Path, err)
	}
	etc := bin
	if license := program.License(); license != "" {
		if etc, err = filepath.Abs(filepath.Dir(license)); err != nil {
			return nil, failure.Otherf("RuntimeError", "%s: %w", license, err)
		}
	}
	return record.New(
		"address", params.host,
		"port", params.port,
		"fasp_runtime", record.New("use_embedded", false, "user_defined", record.New("bin", bin, "etc", etc)),
	), nil
}

// files are those of a daemon that was started: its configuration, and what it says.
type files struct {
	conf, out, err string
	stdout, stderr *os.File
}

// writeFiles makes the files, for this user alone.
func writeFiles(folder string, conf *record.Object) (_ files, err error) {
	var f files
	var open []*os.File
	defer func() {
		if err != nil {
			for _, file := range open {
				err = errors.Join(err, file.Close(), os.Remove(file.Name()))
			}
			err = transfer.Errorf("cannot write the files of the transfer daemon: %w", err)
		}
	}()
	// It makes a file that only its owner reads.
	file, err := os.CreateTemp(folder, "transferd_*.conf")
	if err != nil {
		return f, err
	}
	open = append(open, file)
	f.conf = file.Name()
	stem := strings.TrimSuffix(f.conf, ".conf")
	f.out, f.err = stem+".out", stem+".err"
	for _, log := range []struct {
		path string
		file **os.File
	}{{f.out, &f.stdout}, {f.err, &f.stderr}} {
		if *log.file, err = os.OpenFile(log.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600); err != nil {
			return f, err
		}
		open = append(open, *log.file)
	}
	if _, err = file.Write(record.JSON(conf)); err != nil {
		return f, err
	}
	return f, file.Close()
}

// close closes our side of what the daemon writes.
func (f files) close() {
	_ = f.stdout.Close()
	_ = f.stderr.Close()
}

// discard removes the files, unless the user keeps temporary files.
func (f files) discard(env agent.Env) {
	if env.KeepTemp {
		return
	}
	for _, path := range []string{f.conf, f.out, f.err} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			env.Logger().Warn(fmt.Sprintf("a temporary file stays: %v", err))
		}
	}
}

// listening is the line by which a daemon tells its port.
var listening = regexp.MustCompile(`Info: API Server: Listening on \S*:(\d+) `)

// port returns the port that the daemon has told last.
func (f files) port() (port int, found bool) {
	text, err := os.ReadFile(f.out)
	if err != nil {
		return 0, false
	}
	return parsePort(string(text))
}

func parsePort(log string) (port int, found bool) {
	lines := listening.FindAllStringSubmatch(log, -1)
	if len(lines) == 0 {
		return 0, false
	}
	port, err := strconv.Atoi(lines[len(lines)-1][1])
	return port, err == nil && port > 0 && port <= 65535
}
