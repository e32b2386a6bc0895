package testscripts

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// processes reads /proc (proc_pid_stat(5)).
func processes() (map[int]process, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	all := map[int]process{}
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has just ended
		}
		// The name, in parentheses, may hold anything.
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(fields) < 20 {
			return nil, fmt.Errorf("%s: %q", file, stat)
		}
		p := process{zombie: fields[0] == "Z" || fields[0] == "X", started: fields[19]}
		if p.parent, err = strconv.Atoi(fields[1]); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if p.pid, err = strconv.Atoi(filepath.Base(filepath.Dir(file))); err != nil {
			return nil, err
		}
		if line, err := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline")); err == nil {
			p.command = strings.ReplaceAll(strings.TrimRight(string(line), "\x00"), "\x00", " ")
		}
		all[p.pid] = p
	}
	return all, nil
}
