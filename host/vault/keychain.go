package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// keychain is a keychain of macOS, used through the program `security`
// (spec/plugins/config.md 6.3).
//
// An entry is a generic password: service and label are the label, account the
// user name, comment the description, as in the original. The generic attribute
// holds the URL, which the original does not store.
type keychain struct {
	name, password string
	// program is the path of `security`.
	program string
}

// Exit codes of `security`.
const (
	securityNotFound  = 44
	securityDuplicate = 45
)

const (
	// noAccount is the account of an entry without user name.
	noAccount = "none"
	// maxCommand is the length of a line that `security -i` reads, in bytes.
	maxCommand = 4096
)

// Info serves [Store].
func (k *keychain) Info() *record.Object { return systemInfo(k.name, k.password) }

func systemInfo(name, password string) *record.Object {
	info := record.New("type", typeSystem, "name", name)
	if password != "" {
		info.Set(passwordField, password)
	}
	info.Set("keychain", name)
	return info
}

// List serves [Store].
func (k *keychain) List(ctx context.Context) ([]Entry, error) {
	path, err := k.find(ctx)
	if err != nil {
		return nil, err
	}
	output, err := k.run(ctx, "", "dump-keychain", path)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, item := range parseItems(output) {
		if item["class"] == genericPassword {
			entries = append(entries, item.entry())
		}
	}
	return entries, nil
}

// Show serves [Store].
func (k *keychain) Show(ctx context.Context, label string) (Entry, error) {
	path, err := k.find(ctx)
	if err != nil {
		return Entry{}, err
	}
	output, err := k.run(ctx, "", "find-generic-password", "-l", label, "-g", path)
	if hasCode(err, securityNotFound) {
		return Entry{}, labelNotFound(label)
	}
	if err != nil {
		return Entry{}, err
	}
	items := parseItems(output)
	if len(items) != 1 {
		return Entry{}, failure.Otherf(runtimeError, "unexpected output of %s about %s", k.program, label)
	}
	entry := items[0].entry()
	entry.Label = label
	return entry, nil
}

// Create serves [Store]. The command goes to the standard input of `security
// -i`: other users can see the arguments of a process.
func (k *keychain) Create(ctx context.Context, entry Entry) error {
	path, err := k.find(ctx)
	if err != nil {
		return err
	}
	account := entry.Username
	if account == "" {
		account = noAccount
	}
	command := "add-generic-password -s " + quote(entry.Label) + " -a " + quote(account)
	for _, option := range []struct{ name, value string }{
		{"-w", entry.Password}, {"-j", entry.Description}, {"-G", entry.URL},
	} {
		if option.value != "" {
			command += " " + option.name + " " + quote(option.value)
		}
	}
	command += " " + quote(path) + "\n"
	if strings.Count(command, "\n") > 1 || strings.ContainsRune(command, 0) || len(command) > maxCommand {
		return failure.Argumentf("entry %s does not fit into a keychain: fields are short texts of one line", entry.Label)
	}
	_, err = k.run(ctx, command, "-i")
	if hasCode(err, securityDuplicate) {
		return exists(entry.Label)
	}
	return err
}

// Delete serves [Store].
func (k *keychain) Delete(ctx context.Context, label string) error {
	path, err := k.find(ctx)
	if err != nil {
		return err
	}
	_, err = k.run(ctx, "", "delete-generic-password", "-l", label, path)
	if hasCode(err, securityNotFound) {
		return nil
	}
	return err
}

// find returns the path of the keychain.
func (k *keychain) find(ctx context.Context) (string, error) {
	output, err := k.run(ctx, "", "list-keychains")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(output) {
		path := strings.Trim(strings.TrimSpace(line), `"`)
		if strings.HasSuffix(path, "/"+k.name+".keychain-db") {
			return path, nil
		}
	}
	return "", failure.Otherf(runtimeError, "no such keychain %s", k.name).
		Hint("make it with: security create-keychain %s.keychain, or name another one in option vault", k.name)
}

// run calls `security` and returns what it printed: it prints passwords on
// stderr, attributes on stdout.
func (k *keychain) run(ctx context.Context, input string, arguments ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, k.program, arguments...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &stdout, &stderr
	err := command.Run()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", failure.Otherf(runtimeError, "cannot run %s: %w", k.program, err)
	}
	code := command.ProcessState.ExitCode()
	if code == 0 {
		code = returnedCode(stderr.String())
	}
	output := stdout.String() + stderr.String()
	if code != 0 || strings.HasPrefix(output, "security: ") {
		failed := &securityError{code: code, message: strings.TrimSpace(stderr.String())}
		return "", failure.Otherf(runtimeError, "%w", failed)
	}
	return output, nil
}

// returnedCode finds the line about a failed command of `security -i`, whose
// own exit code does not tell.
func returnedCode(stderr string) (code int) {
	for line := range strings.Lines(stderr) {
		if _, text, found := strings.Cut(line, "security: returned "); found {
			if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
				code = n
			}
		}
	}
	return code
}

// securityError is a failure of `security`.
type securityError struct {
	code    int
	message string
}

func (e *securityError) Error() string {
	return fmt.Sprintf("process failed: %d : %s", e.code, e.message)
}

func hasCode(err error, code int) bool {
	var failed *securityError
	return errors.As(err, &failed) && failed.code == code
}

// quote writes a word for `security -i`, which splits lines as a shell does.
func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'"'"'`) + "'" }
