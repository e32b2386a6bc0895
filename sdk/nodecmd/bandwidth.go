package nodecmd

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func bandwidthAverage(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	transfers, err := c.TransferList(ctx, inv.Option("query"))
	if err != nil {
		return nil, err
	}
	var loads []load
	for _, t := range transfers {
		if l, ok := loadOf(t); ok {
			loads = append(loads, l)
		}
	}
	return sdk.Rows(bandwidths(loads)), nil
}

// load is the use that a transfer made of the network. Times are microseconds.
type load struct {
	direction  transfer.Direction
	start, end int64
	rate       float64
	// decimals: the server gave the rate with decimals.
	decimals bool
}

// loadOf leaves out a transfer that moved nothing or has no times. One that
// goes on ends now: its duration so far is the server's.
func loadOf(t *record.Object) (load, bool) {
	v, _ := t.Get("avg_rate_kbps")
	number, _ := v.(json.Number)
	rate, err := number.Float64()
	if err != nil || rate == 0 {
		return load{}, false
	}
	start, started := t.Int("start_time_usec")
	end, ended := t.Int("end_time_usec")
	if !ended {
		var elapsed int64
		elapsed, ended = t.Int("elapsed_usec")
		end = start + elapsed
	}
	direction, _ := t.At("start_spec", "direction")
	name, _ := direction.(string)
	return load{transfer.Direction(name), start, end, rate, strings.ContainsAny(number.String(), ".eE")}, started && ended
}

// bandwidths makes a row of each interval between two dates at which a transfer
// started or ended, with the sum of the rates of those that ran
// (spec/plugins/node.md 11.3).
func bandwidths(loads []load) []*record.Object {
	var dates []int64
	for _, l := range loads {
		dates = append(dates, l.start, l.end)
	}
	slices.Sort(dates)
	dates = slices.Compact(dates)
	waiting := slices.Clone(loads)
	slices.SortStableFunc(waiting, func(a, b load) int { return int(min(1, max(-1, a.start-b.start))) })
	var running []load
	var rows []*record.Object
	for i := 1; i < len(dates); i++ {
		from, to := dates[i-1], dates[i]
		for len(waiting) > 0 && waiting[0].start < to {
			running = append(running, waiting[0])
			waiting = waiting[1:]
		}
		running = slices.DeleteFunc(running, func(l load) bool { return l.end <= from })
		sent, received := sum(running, transfer.Send), sum(running, transfer.Receive)
		if sent.sessions+received.sessions > 0 {
			rows = append(rows, record.New("start", localTime(from), "end", localTime(to), "send", sent.record(), "receive", received.record()))
		}
	}
	return rows
}

// total is what the transfers of one direction use together.
type total struct {
	rate     float64
	sessions int
	decimals bool
}

func sum(running []load, direction transfer.Direction) total {
	var t total
	for _, l := range running {
		if l.direction == direction {
			t.rate += l.rate
			t.sessions++
			t.decimals = t.decimals || l.decimals
		}
	}
	return t
}

// record keeps a sum of whole numbers whole.
func (t total) record() *record.Object {
	text := strconv.FormatFloat(t.rate, 'f', -1, 64)
	if t.decimals && !strings.Contains(text, ".") {
		text += ".0"
	}
	return record.New("avg_kbps", json.Number(text), "sessions", t.sessions)
}

func localTime(microseconds int64) string {
	return time.Unix(microseconds/1_000_000, 0).Format("2006-01-02 15:04:05 -0700")
}
