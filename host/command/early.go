package command

import (
	"fmt"
	"strings"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/options"
)

// earlyOptions applies the options about logs before anything else, so that the
// start can be traced, and prints the version as soon as it is asked for.
func (s *session) earlyOptions() error {
	for _, w := range s.words.Options {
		var err error
		switch word, v, _ := strings.Cut(w.Raw, "="); word {
		case "--log-level":
			err = s.setLogLevel(v)
		case "--logger":
			err = s.setLogger(v)
		case "--log-format":
			if !strings.HasPrefix(v, "@") {
				s.settings.Format = v
			}
		}
		if err == nil {
			err = s.apply()
		}
		if err != nil {
			// The option fails again, with its proper message, once all are known.
			fmt.Fprintln(s.Err, "Error:", err)
		}
	}
	globals := options.Globals()
	given, left, err := grammar.Match(s.words.Options, flags(globals))
	if err != nil {
		return err
	}
	s.given, s.left = given, left
	if s.typed("version") {
		fmt.Fprintln(s.Out, s.Version)
		return errDone
	}
	return nil
}
