package localapp

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// openPatience is how long an opener may take to say that it fails. One that
// stays has opened the URL: some are themselves the program that shows it.
const openPatience = 5 * time.Second

// open starts the opener of the desktop, which may outlive this process.
func open(ctx context.Context, url string) error {
	words := opener(url)
	program := exec.Command(words[0], words[1:]...)
	program.SysProcAttr = apart()
	if err := program.Start(); err != nil {
		return fmt.Errorf("cannot open %s: %w", url, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	timer := time.NewTimer(openPatience)
	defer timer.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s cannot open %s: %w", words[0], url, err)
		}
		return nil
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
