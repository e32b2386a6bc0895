//go:build unix

package testscripts

import "testing"

// faultCases are faults that every agent has to survive: files are complete, or
// reported failed.
func faultCases() []conformanceCase {
	return nil
}

func TestFaults(t *testing.T) { testAgents(t, faultCases()) }
