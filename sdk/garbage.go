package sdk

import (
	"os"
	"runtime/debug"
)

// streamGCPercent is how much garbage may pile up while a list passes, in percent
// of what is in use: a list makes much garbage and keeps little, so that
// collecting less often costs a few MB and saves a quarter of the time
// (docs/performance.md).
const streamGCPercent = 150

// TuneForStreaming lets the process collect garbage less often, unless its user
// has set GOGC. It is for processes that pass lists on, and keep none.
func TuneForStreaming() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(streamGCPercent)
	}
}
