package testscripts

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// sampleEvery is how often the memory of processes is read. The kernel keeps
// the peak of each: only what grows in its last moments is missed.
const sampleEvery = 500 * time.Microsecond

// peakMemory runs a command and returns the sum of the peaks of resident memory
// of its process and all processes below it, bytes.
func peakMemory(cmd *exec.Cmd) (int64, error) {
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	peaks := map[int]int64{}
	for {
		samplePeaks(peaks, cmd.Process.Pid)
		select {
		case err := <-ended:
			var sum int64
			for _, peak := range peaks {
				sum += peak
			}
			return sum, err
		case <-tick.C:
		}
	}
}

// samplePeaks reads the peak of a process and of those below it. It keeps the
// last one read: before a child runs its own program it shows its parent's.
func samplePeaks(peaks map[int]int64, pid int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return // it has ended
	}
	for line := range bytes.Lines(status) {
		var kilobytes int64
		if n, _ := fmt.Sscanf(string(line), "VmHWM: %d kB", &kilobytes); n == 1 {
			peaks[pid] = kilobytes << 10
			break
		}
	}
	// Each thread has its own children. A malformed pattern is the only error.
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		for _, word := range strings.Fields(string(children)) {
			if child, err := strconv.Atoi(word); err == nil {
				samplePeaks(peaks, child)
			}
		}
	}
}
