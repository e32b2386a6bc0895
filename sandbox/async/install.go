package async

import (
	"fmt"
	"path/filepath"

	"github.com/ascli-go/ascli/sandbox/ascp"
)

// Install puts the executable as async and asyncadmin beside ascp in an SDK
// folder.
func Install(folder, executable string) error {
	for _, name := range []string{"async", "asyncadmin"} {
		if err := ascp.InstallProgram(filepath.Join(folder, programName(name)), executable); err != nil {
			return fmt.Errorf("install the stand-in %s: %w", name, err)
		}
	}
	return nil
}
