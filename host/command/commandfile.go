package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/ascli-go/ascli/sdk/record"
)

// maxCommandFile bounds the file, bytes: it holds one command.
const maxCommandFile = 1 << 20

// commandFile is a file in which a user leaves a command. It may be looked at from
// several goroutines.
type commandFile struct {
	mu sync.Mutex
	// empty tells that the last look found an empty file, which may be one that is
	// being written.
	empty bool
	// told tells that the problem with a file that cannot be used was told.
	told bool
}

// take removes the file and returns the command that it held; nil when there is
// none. What it held is gone even when it was no command. A problem that stays is
// an error once.
func (f *commandFile) take(path string) (*record.Object, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, err := readSmallFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		f.empty, f.told = false, false
		return nil, nil
	}
	if err == nil && len(text) == 0 && !f.empty {
		f.empty = true
		return nil, nil
	}
	// It is removed first: a file that stays would be sent again and again.
	if removeErr := os.Remove(path); removeErr != nil && f.told {
		return nil, nil
	} else if removeErr != nil {
		f.told = true
		return nil, fmt.Errorf("the command is not sent: %w", removeErr)
	}
	f.empty, f.told = false, false
	if err != nil {
		return nil, fmt.Errorf("the command cannot be read: %w", err)
	}
	command, err := record.ParseObject(text)
	if err != nil {
		return nil, fmt.Errorf("%s: a command is one JSON object: %w", path, err)
	}
	return command, nil
}

// readSmallFile reads a regular file: anything else could keep the reader waiting.
func readSmallFile(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxCommandFile {
		return nil, fmt.Errorf("%s is no file of at most %d bytes", path, maxCommandFile)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxCommandFile))
}
