package activity

import (
	"math"
	"time"
)

// Bandwidth is the rates of transfers over time, by direction (OpenAPI,
// /ops/transfers/bandwidth).
type Bandwidth struct {
	Send    Rates
	Receive Rates
}

// Rates are the series of one direction.
type Rates struct {
	Transfers []Series `json:"transfers"`
	// MaxLeft and MinRight bound, in seconds since the start, the time of which
	// all series tell something.
	MaxLeft  float64 `json:"max_left"`
	MinRight float64 `json:"min_right"`
}

// Series is the rate of one transfer.
type Series struct {
	ID       string  `json:"id"`
	Data     []Point `json:"data"`
	LastTime string  `json:"last_time"`
	MaxRate  float64 `json:"max_rate"` // kbps
}

// Point is the rate, in kbps, at some seconds since the start.
type Point struct {
	Time float64 `json:"time"`
	Rate float64 `json:"rate"`
}

// Bandwidth returns the rates of visible transfers between two times.
func (j *Journal) Bandwidth(visible func(owner string) bool, from, to time.Time) Bandwidth {
	b := Bandwidth{Send: Rates{Transfers: []Series{}}, Receive: Rates{Transfers: []Series{}}}
	for _, e := range j.After(0) {
		if !visible(e.Record.Owner) {
			continue
		}
		into := &b.Receive
		if e.Record.Transfer.StartSpec.Direction == "send" {
			into = &b.Send
		}
		into.add(e.Record, from, to)
	}
	return b
}

func (r *Rates) add(of Record, from, to time.Time) {
	s := Series{ID: of.Transfer.ID}
	for _, sample := range of.Samples {
		at := time.UnixMicro(sample.Usec)
		if at.Before(from) || at.After(to) {
			continue
		}
		s.Data = append(s.Data, Point{Time: math.Round(at.Sub(from).Seconds()*1000) / 1000, Rate: sample.Kbps})
		s.LastTime = at.UTC().Format(time.RFC3339)
		s.MaxRate = max(s.MaxRate, sample.Kbps)
	}
	if len(s.Data) == 0 {
		return
	}
	left, right := s.Data[0].Time, s.Data[len(s.Data)-1].Time
	if len(r.Transfers) == 0 {
		r.MaxLeft, r.MinRight = left, right
	}
	r.MaxLeft, r.MinRight = max(r.MaxLeft, left), min(r.MinRight, right)
	r.Transfers = append(r.Transfers, s)
}
