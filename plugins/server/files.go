package server

import (
	"context"
	"errors"

	"github.com/ascli-go/ascli/plugins/server/ascmd"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// operation is a command on files (spec/ascmd.md 2 and 5).
type operation struct {
	verb    ascmd.Verb
	aliases []string
	summary string
	// group is how many arguments each time takes; 0: all that there are.
	group   int
	args    sdk.Arg
	result  sdk.ResultKind
	columns []string
	show    func(ctx context.Context, t *task) (*sdk.Result, error)
}

// fileCommands are those that the server does itself.
func fileCommands() []sdk.Command {
	paths := sdk.Arg{Name: argPaths, Description: "path", Multiple: true}
	pairs := sdk.Arg{Name: argPaths, Description: "source destination", Multiple: true}
	folders := sdk.Arg{Name: argPaths, Description: "path", Multiple: true, Optional: true}
	none := sdk.Arg{Name: argPaths, Description: "argument", Multiple: true, Optional: true}
	var commands []sdk.Command
	for _, o := range []operation{
		{ascmd.List, []string{"browse"}, "List a folder, / without path", 1, folders, sdk.ResultList, []string{"zmode", "zuid", "zgid", "size", "mtime", "name"}, items},
		{ascmd.MakeDir, nil, "Create folders", 1, paths, sdk.ResultStatus, nil, done},
		{ascmd.Remove, []string{"delete"}, "Delete files and folders", 1, paths, sdk.ResultStatus, nil, done},
		{ascmd.Move, []string{"rename"}, "Move or rename", 2, pairs, sdk.ResultStatus, nil, done},
		{ascmd.Copy, nil, "Copy on the server", 2, pairs, sdk.ResultStatus, nil, done},
		{ascmd.Usage, nil, "Size of what is in a folder", 1, paths, sdk.ResultObject, nil, facts},
		{ascmd.Disks, nil, "File systems and their room", 0, none, sdk.ResultList, nil, items},
		{ascmd.Checksum, nil, "MD5 checksum of a file", 1, paths, sdk.ResultObject, nil, facts},
		{ascmd.Info, nil, "What the server is", 0, none, sdk.ResultObject, nil, banner},
	} {
		commands = append(commands, o.command())
	}
	return commands
}

const argPaths = "paths"

func (o operation) command() sdk.Command {
	return sdk.Command{
		Name: string(o.verb), Aliases: o.aliases, Summary: o.summary, Args: []sdk.Arg{o.args}, Result: o.result, Columns: o.columns,
		Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
			c, err := openChannel(ctx, inv)
			if err != nil {
				return nil, err
			}
			if !c.hasFiles() {
				return nil, failure.Argumentf("unknown value for command (Symbol): %s\nUse:\n- download\n- health\n- sync\n- upload", o.verb).
					Hint("A WebSocket session is for transfers only: give a URL with scheme ssh for operations on files")
			}
			paths := inv.Texts(argPaths)
			if o.verb == ascmd.List && len(paths) == 0 {
				paths = []string{"/"}
			}
			command, err := ascmd.NewCommand(o.verb, paths, o.group)
			if err != nil {
				return nil, err
			}
			remote, err := newShell(c, inv)
			if err != nil {
				return nil, err
			}
			return o.show(ctx, &task{command: command, shell: remote})
		},
	}
}

// shell does operations on the files of a server.
type shell interface {
	// run does a command and yields what the server tells, in order, from the
	// caller's goroutine: a banner first, if there is one.
	run(ctx context.Context, command ascmd.Command, yield func(ascmd.Entry) error) error
}

// task is a command for a server.
type task struct {
	command ascmd.Command
	shell   shell
}

// each runs the command and yields what it is about. What the server refuses is an
// error, once the other arguments have been dealt with.
func (t *task) each(ctx context.Context, yield func(ascmd.Entry) error) error {
	var refusals []error
	err := t.shell.run(ctx, t.command, func(e ascmd.Entry) error {
		switch e.Kind {
		case ascmd.KindInfo:
			if t.command.Verb != ascmd.Info {
				return nil
			}
		case ascmd.KindError:
			refusals = append(refusals, ascmd.Refused(e.Fields, t.command.Verb, t.arguments(e.Index)))
			return nil
		}
		return yield(e)
	})
	if err != nil {
		return err
	}
	return errors.Join(refusals...)
}

// arguments are those of the group that an entry answers.
func (t *task) arguments(index int) []string {
	if index < 0 || index >= len(t.command.Groups) {
		return t.command.Arguments()
	}
	return t.command.Groups[index]
}

// items shows entries one by one, as they come.
func items(ctx context.Context, t *task) (*sdk.Result, error) {
	stop := errors.New("no more entries wanted")
	return sdk.List(func(yield func(*record.Object, error) bool) {
		err := t.each(ctx, func(e ascmd.Entry) error {
			if e.Fields != nil && !yield(e.Fields, nil) {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield(nil, err)
		}
	}), nil
}

// done tells that nothing went wrong.
func done(ctx context.Context, t *task) (*sdk.Result, error) {
	if err := t.each(ctx, func(ascmd.Entry) error { return nil }); err != nil {
		return nil, err
	}
	return sdk.Status("complete"), nil
}

// facts shows what is told of one path, or of each of several in a list.
func facts(ctx context.Context, t *task) (*sdk.Result, error) {
	var rows []*record.Object
	err := t.each(ctx, func(e ascmd.Entry) error {
		if e.Fields == nil {
			return nil
		}
		row := e.Fields
		if len(t.command.Groups) > 1 {
			row = record.Merge(record.New("path", t.arguments(e.Index)[0]), row)
		}
		rows = append(rows, row)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(t.command.Groups) > 1:
		return sdk.Rows(rows), nil
	case len(rows) == 0:
		return nil, failure.New(failure.SSH, "the server tells nothing about %s", t.command.Groups[0][0])
	}
	return sdk.Object(rows[0]), nil
}

// banner shows what the server says of itself.
func banner(ctx context.Context, t *task) (*sdk.Result, error) {
	var info *record.Object
	err := t.each(ctx, func(e ascmd.Entry) error {
		info = e.Fields
		return nil
	})
	if err != nil {
		return nil, err
	}
	if info == nil {
		info = record.New()
	}
	return sdk.Object(info), nil
}
