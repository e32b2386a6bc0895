package command

import (
	"bufio"
	"context"
	"io"
	"os"
	"sync"

	"github.com/ascli-go/ascli/host/output"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
)

// outputBuffer is about what a batch of rows takes, bytes.
const outputBuffer = 64 << 10

// display is where results and messages go. Plugins may send messages while
// rows are printed.
type display struct {
	mu      sync.Mutex
	printer *output.Printer
	out     *bufio.Writer
	file    *os.File
	open    bool
	// hidesSecrets tells whether results are shown without secrets.
	hidesSecrets bool
	// shown is what a list may be cut down to.
	shown sdk.Shown
	// screen shows on a terminal that a list is waited for; nil shows nothing.
	screen  *screen
	waiting *wait
}

// expect gets ready for a kind of result: a list may be long in coming.
func (d *display) expect(kind sdk.ResultKind) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.screen != nil && kind == sdk.ResultList {
		d.waiting = startWait(d.screen)
	}
}

// stopWaiting leaves the terminal to others.
func (d *display) stopWaiting() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting.end()
	d.waiting = nil
}

// Begin, Record and end make a display the sink of a result.
func (d *display) Begin(h sdk.Header) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	kinds := map[sdk.ResultKind]output.Kind{
		sdk.ResultObject: output.SingleObject, sdk.ResultList: output.ObjectList, sdk.ResultValues: output.ValueList,
		sdk.ResultStatus: output.Status, sdk.ResultText: output.Text, sdk.ResultEmpty: output.Empty,
		sdk.ResultNothing: output.Nothing, sdk.ResultStructure: output.Structure,
		sdk.ResultNull: output.Null, sdk.ResultImage: output.Image, sdk.ResultContent: output.Content,
	}
	d.open = true
	header := output.Header{Kind: kinds[h.Kind], Columns: h.Columns, Column: h.ValueColumn, Secrets: h.Secrets}
	if h.Total != nil {
		total := int(*h.Total)
		header.Total = &total
	}
	return d.printer.Begin(header)
}

// Record prints one value of the result, at the latest when Flush is called.
func (d *display) Record(v any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting.count()
	return d.printer.Row(v)
}

// Flush writes the values printed so far.
func (d *display) Flush() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.printer.Flush(); err != nil {
		return err
	}
	return d.out.Flush()
}

// end prints what a table was waiting for.
func (d *display) end() error {
	d.stopWaiting()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.open {
		return nil
	}
	d.open = false
	if err := d.printer.End(); err != nil {
		return err
	}
	return d.out.Flush()
}

// message shows a line besides the result: information, or data when always.
func (d *display) message(text string, always bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.screen.hide()
	if always {
		d.out.WriteString(text + "\n")
		return d.out.Flush()
	}
	return d.printer.Info(text)
}

// close ends the output and its file.
func (d *display) close() error {
	if err := d.out.Flush(); err != nil {
		return err
	}
	if d.file != nil {
		return d.file.Close()
	}
	return nil
}

// openDisplay makes the display that the options ask for.
func (s *session) openDisplay(ctx context.Context) (*display, error) {
	settings, err := s.outputSettings(ctx)
	if err != nil {
		return nil, err
	}
	name, err := s.options.Text(ctx, "output")
	if err != nil {
		return nil, err
	}
	d := &display{out: bufio.NewWriterSize(s.Out, outputBuffer), hidesSecrets: !settings.ShowSecrets && settings.Display != "data"}
	d.shown.Names, d.shown.Some = settings.Shown()
	if name != "" && name != "-" {
		if d.file, err = os.Create(name); err != nil {
			return nil, failure.Argumentf("cannot write option output: %w", err)
		}
		d.out = bufio.NewWriterSize(d.file, outputBuffer)
		settings.Terminal, settings.Unicode = false, false
	}
	if settings.Terminal && (settings.Format == "table" || settings.Format == "markdown") {
		d.screen = s.screen
	}
	d.printer, err = output.New(ctx, d.out, settings)
	return d, err
}

func (s *session) outputSettings(ctx context.Context) (output.Settings, error) {
	set := output.Settings{Terminal: s.OutTerminal, Unicode: s.OutTerminal && output.UnicodeLocale(s.variable)}
	for name, target := range map[string]*string{"format": &set.Format, "display": &set.Display, "multi_single": &set.MultiSingle} {
		text, err := s.options.Text(ctx, name)
		if err != nil {
			return set, err
		}
		*target = text
	}
	for name, target := range map[string]*bool{"flat_hash": &set.FlatHash, "show_secrets": &set.ShowSecrets} {
		flag, err := s.options.Flag(ctx, name)
		if err != nil {
			return set, err
		}
		*target = flag
	}
	var err error
	if set.TableStyle, err = s.options.Object(ctx, "table_style"); err != nil {
		return set, err
	}
	set.Image = func(w io.Writer, source string) error { return s.showPicture(ctx, w, source, set.Terminal) }
	selected, err := s.options.Value(ctx, "select")
	if err != nil {
		return set, err
	}
	if set.Select, err = output.ParseSelect(selected); err != nil {
		return set, err
	}
	fields, err := s.options.Value(ctx, "fields")
	if err != nil {
		return set, err
	}
	set.Fields, err = output.ParseFields(fields)
	return set, err
}
