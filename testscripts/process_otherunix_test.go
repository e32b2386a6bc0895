//go:build unix && !linux

package testscripts

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// processes asks ps. The time of start is five words: Sun Nov 22 04:13:43 2026.
func processes() (map[int]process, error) {
	text, err := exec.Command("ps", "-axo", "pid=,ppid=,stat=,lstart=,args=").Output()
	if err != nil {
		return nil, fmt.Errorf("ps: %w", err)
	}
	all := map[int]process{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 8 {
			return nil, fmt.Errorf("ps: %q", line)
		}
		p := process{
			zombie:  strings.HasPrefix(fields[2], "Z"),
			started: strings.Join(fields[3:8], " "), command: strings.Join(fields[8:], " "),
		}
		if p.pid, err = strconv.Atoi(fields[0]); err != nil {
			return nil, fmt.Errorf("ps: %w", err)
		}
		if p.parent, err = strconv.Atoi(fields[1]); err != nil {
			return nil, fmt.Errorf("ps: %w", err)
		}
		all[p.pid] = p
	}
	return all, nil
}
