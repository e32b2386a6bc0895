// Command ascli-sandbox serves an Aspera world on loopback: a Node API, an SSH
// server and an HTTP gateway over real files, a mail server that keeps what it
// gets, the local APIs of the two desktop clients, and a stand-in for ascp. It is for demonstrations and tests; its
// transfers are not FASP.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/alecthomas/kong"
)

// flags are the command line.
type flags struct {
	Folder           string     `help:"Data folder, made if missing and kept. Without it: a new temporary folder, removed at the end." placeholder:"PATH" type:"path"`
	NodePort         int        `help:"Port of the Node API; 0 for a free one." default:"0"`
	SSHPort          int        `help:"Port of the SSH server; 0 for a free one." name:"ssh-port" default:"0"`
	WSSPort          *int       `help:"Port of SSH through a WebSocket over TLS, which transfers then prefer; 0 for a free one. Without it: none." name:"wss-port"`
	GatewayPort      int        `help:"Port of the HTTP gateway; 0 for a free one." default:"0"`
	SMTPPort         int        `help:"Port of the mail server; 0 for a free one." name:"smtp-port" default:"0"`
	ConnectPort      int        `help:"Port of the local API of Connect; 0 for a free one. Its dialogs select the paths that connect/selection in the data folder lists, one a line." default:"0"`
	DesktopPort      int        `help:"Port of the local API of Aspera for Desktop; 0 for a free one." default:"0"`
	StopWithStdin    bool       `help:"Stop when standard input ends."`
	CutFirstTransfer int64      `help:"Cut the first transfer after that many bytes, to rehearse a failure." placeholder:"BYTES"`
	DiskQuota        int64      `help:"Let the files of the sandbox hold no more than that many bytes: a full disk, to rehearse it." placeholder:"BYTES"`
	Fault            []string   `help:"Make requests to the Node API fail, to rehearse it; can be repeated. JSON with method, path, after, times, and delay_ms, status (body, content_type), cut, truncate or stall." placeholder:"JSON" sep:"none"`
	GatewayAPI       string     `help:"Newest version of the upload protocol of the HTTP gateway: ${enum}." name:"gateway-api" enum:"v1,v2" default:"v2"`
	GatewayFault     []string   `help:"Make requests to the HTTP gateway fail, as --fault does, or with websocket: do (error, plain_error, nonsense, cut, reset, silence, unacknowledged, close, close_error), after_bytes or at_close, message." placeholder:"JSON" sep:"none"`
	AscpFault        []string   `help:"Make runs of the stand-in for ascp fail, to rehearse it; can be repeated, in the order of the runs. JSON with times, kind (none, error, kill, mute, silent_close, garbage, hang), code, description, and after_bytes or after_percent." placeholder:"JSON" sep:"none"`
	BareLinks        bool       `help:"Leave the targets of links out of listings by file id, as a node may do."`
	Ascp             string     `help:"Stand-in for ascp to install. Without it: ${ascp} beside this program." placeholder:"PATH" type:"path"`
	Async            string     `help:"Stand-in for async to install. Without it: ${async} beside this program, if it is there." placeholder:"PATH" type:"path"`
	Transferd        string     `help:"Stand-in for the transfer daemon to install. Without it: ${transferd} beside this program, if it is there." placeholder:"PATH" type:"path"`
	LogLevel         slog.Level `help:"Least level of log lines on standard error: debug, info, warn, error." default:"warn"`
}

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program. It returns its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var f flags
	exit := -1
	parser, err := kong.New(&f,
		kong.Name("ascli-sandbox"),
		kong.Description("An Aspera world on loopback, for demonstrations and tests. Its transfers are not FASP."),
		kong.Vars{"ascp": programName("ascp"), "async": programName("async"), "transferd": programName("transferd")},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
	)
	if err != nil {
		fmt.Fprintln(stderr, "ascli-sandbox:", err)
		return 1
	}
	_, err = parser.Parse(args)
	switch {
	case exit >= 0: // --help was asked and given
		return exit
	case err != nil:
		fmt.Fprintf(stderr, "ascli-sandbox: %v (see --help)\n", err)
		return 1
	}
	if err := f.serve(ctx, stdin, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "ascli-sandbox:", err)
		return 1
	}
	return 0
}

// serve runs the sandbox until a signal, or the end of stdin if so asked.
func (f flags) serve(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) (err error) {
	ctx, restore := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer restore()
	// A second signal ends the program at once.
	defer context.AfterFunc(ctx, restore)()
	if f.StopWithStdin {
		var stop context.CancelFunc
		ctx, stop = context.WithCancel(ctx)
		go func() {
			defer stop()
			_, _ = io.Copy(io.Discard, stdin)
		}()
	}
	if err := f.findPrograms(); err != nil {
		return err
	}
	if f.Folder == "" {
		if f.Folder, err = os.MkdirTemp("", "ascli-sandbox-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(f.Folder)) }()
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: f.LogLevel}))
	return serve(ctx, f, stdout, log)
}

// findPrograms completes the paths of the programs to install.
func (f *flags) findPrograms() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if f.Ascp == "" {
		f.Ascp = filepath.Join(filepath.Dir(self), programName("ascp"))
	}
	if _, err := os.Stat(f.Ascp); err != nil {
		return fmt.Errorf("no stand-in for ascp: %w; build cmd/ascp to there, or name it with --ascp", err)
	}
	for name, path := range map[string]*string{"async": &f.Async, "transferd": &f.Transferd} {
		if *path != "" {
			continue
		}
		beside := filepath.Join(filepath.Dir(self), programName(name))
		if _, err := os.Stat(beside); err == nil {
			*path = beside
		}
	}
	return nil
}

// programName is the file name of a stand-in before it is installed.
func programName(standsFor string) string {
	name := "ascli-sandbox-" + standsFor
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}
