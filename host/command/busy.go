package command

import (
	"os"
	"time"

	"github.com/briandowns/spinner"
)

// spinInterval is how often the sign of life of a long operation moves.
const spinInterval = 100 * time.Millisecond

// busy shows on a terminal that something takes its time, until stop is called.
func (s *session) busy(text string) (stop func()) {
	screen, ok := s.Err.(*os.File)
	if !ok || !s.ErrTerminal {
		return func() {}
	}
	sign := spinner.New(spinner.CharSets[14], spinInterval, spinner.WithWriterFile(screen), spinner.WithSuffix(" "+text))
	sign.Start()
	return sign.Stop
}
