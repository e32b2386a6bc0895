// Package ascmd speaks with the program ascmd of a transfer server: commands are
// lines of text, the answer is a sequence of binary entries (spec/ascmd.md 2 and 3).
package ascmd

import (
	"bytes"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Program is what the server runs.
const Program = "ascmd"

// Verb is a file operation.
type Verb string

// The verbs.
const (
	List     Verb = "ls"
	MakeDir  Verb = "mkdir"
	Remove   Verb = "rm"
	Move     Verb = "mv"
	Copy     Verb = "cp"
	Usage    Verb = "du"
	Disks    Verb = "df"
	Checksum Verb = "md5sum"
	Info     Verb = "info"
)

// Command is a verb with the arguments of each time that it is done.
type Command struct {
	Verb   Verb
	Groups [][]string
}

// NewCommand cuts arguments into groups of size; 0 makes one group of all. An
// incomplete group, and no argument where one is needed, are errors: ascmd would
// answer nothing of use.
func NewCommand(verb Verb, args []string, size int) (Command, error) {
	if size == 0 {
		return Command{Verb: verb, Groups: [][]string{args}}, nil
	}
	c := Command{Verb: verb}
	for len(args) >= size {
		c.Groups = append(c.Groups, args[:size])
		args = args[size:]
	}
	switch {
	case len(args) > 0:
		return Command{}, failure.Argumentf("%s takes a source and a destination: no destination for %s", verb, args[0])
	case len(c.Groups) == 0:
		return Command{}, failure.Argumentf("missing argument: path")
	}
	return c, nil
}

// Arguments returns the arguments of all groups.
func (c Command) Arguments() []string {
	var all []string
	for _, g := range c.Groups {
		all = append(all, g...)
	}
	return all
}

// end is the command that ends the program.
const end = "as_exit"

// Script is the input of ascmd: a line for each group. A path with a line break
// cannot be sent.
func (c Command) Script() ([]byte, error) {
	var text bytes.Buffer
	for _, group := range c.Groups {
		text.WriteString("as_" + string(c.Verb))
		for _, argument := range group {
			if strings.ContainsAny(argument, "\n\r\x00") {
				return nil, failure.Argumentf("path %q has a line break or a NUL, which %s cannot take", argument, Program)
			}
			text.WriteString(` "` + quote.Replace(argument) + `"`)
		}
		text.WriteByte('\n')
	}
	text.WriteString(end + "\n")
	return text.Bytes(), nil
}

// quote protects what has a meaning between double quotes.
var quote = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
