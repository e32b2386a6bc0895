package process

import "fmt"

// ExitError is the end of a program with another exit status than 0. It is the
// cause of a [transfer.Error].
type ExitError struct {
	Program string
	PID     int
	// Status is the exit status, -1 for a program ended by a signal; Text tells which.
	Status int
	Text   string
}

func (e *ExitError) Error() string {
	return fmt.Sprintf("%s failed (pid %d %s)", e.Program, e.PID, e.Text)
}
