package sdk

import (
	"slices"
	"testing"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/record"
)

// diary is a sink that writes down what it is told.
type diary []string

func (d *diary) Begin(Header) error {
	*d = append(*d, "begin")
	return nil
}

func (d *diary) Record(v any) error {
	*d = append(*d, string(record.JSON(v)))
	return nil
}

func (d *diary) Flush() error {
	*d = append(*d, "flush")
	return nil
}

// TestFeedFlushesEachBatch: the next batch may be long in coming.
func TestFeedFlushesEachBatch(t *testing.T) {
	batch := func(records ...string) *ascliv1.ExecuteEvent {
		b := &ascliv1.RecordBatch{}
		for _, r := range records {
			b.Records = append(b.Records, []byte(r))
		}
		return &ascliv1.ExecuteEvent{Event: &ascliv1.ExecuteEvent_Batch{Batch: b}}
	}
	var d diary
	for _, event := range []*ascliv1.ExecuteEvent{
		{Event: &ascliv1.ExecuteEvent_Header{Header: &ascliv1.ResultHeader{}}}, batch(`{"a":1}`, `2`), batch(`3`),
	} {
		if err := feed(&d, event); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"begin", `{"a":1}`, "2", "flush", "3", "flush"}; !slices.Equal(d, want) {
		t.Errorf("got %v, want %v", d, want)
	}
	if err := feed(&d, batch(`{"a":`)); err == nil {
		t.Error("a record that is no JSON was taken")
	}
}
