package desktop

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"

	"github.com/ascli-go/ascli/sdk/failure"
)

const (
	// logName is the file where the application tells where it listens.
	logName = "ibm-aspera-desktop.log"
	// defaultAddress is where it listens when nothing is told.
	defaultAddress = "http://127.0.0.1:33024"
	// longest is how long a line of interest may be, bytes.
	longest = 64 << 10
)

var listening = regexp.MustCompile(`JSON-RPC server listening on (\S+)`)

// serverAddress returns the base URL of the application: what its log says last,
// if there is one in the folder.
func serverAddress(folder string) (string, error) {
	if folder == "" {
		return defaultAddress, nil
	}
	path := filepath.Join(folder, logName)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return defaultAddress, nil
	}
	if err != nil {
		return "", failure.Otherf("RuntimeError", "the address of %s cannot be read: %w", name, err)
	}
	defer func() { _ = file.Close() }()
	address, err := readAddress(file)
	if err != nil {
		return "", failure.Otherf("RuntimeError", "%s: %w", path, err)
	}
	if address == "" {
		return defaultAddress, nil
	}
	if host, port, err := net.SplitHostPort(address); err != nil || host == "" || port == "" {
		return "", failure.Otherf("RuntimeError", "%s tells no address where %s listens: %s", path, name, address)
	}
	return "http://" + address, nil
}

// readAddress returns the last address that a log tells, "" if there is none.
func readAddress(log io.Reader) (string, error) {
	address := ""
	lines := bufio.NewReaderSize(log, longest)
	for {
		// What is longer than a line of interest comes in parts.
		line, _, err := lines.ReadLine()
		if errors.Is(err, io.EOF) {
			return address, nil
		}
		if err != nil {
			return "", err
		}
		if found := listening.FindSubmatch(line); found != nil {
			address = string(found[1])
		}
	}
}
