package wire_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
	"github.com/ascli-go/ascli/sdk/wire"
)

// sent returns a message as the other side gets it.
func sent[M proto.Message](t *testing.T, message M) M {
	t.Helper()
	data, err := proto.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	got := message.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(data, got); err != nil {
		t.Fatal(err)
	}
	return got.(M)
}

func TestValues(t *testing.T) {
	for _, text := range []string{
		`null`, `true`, `""`, `"é\n🔑"`, `9223372036854775807`, `18446744073709551615`, `-0.10`, `1e400`,
		`[]`, `{}`, `{"z":1,"a":{"y":[null,2.50]},"m":"x"}`,
	} {
		v, err := record.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		got, err := wire.FromValue(t.Context(), sent(t, wire.ToValue(v)))
		if err != nil || string(record.JSON(got)) != text {
			t.Errorf("%s becomes %s, %v", text, record.JSON(got), err)
		}
	}
}

func TestTextOfAFile(t *testing.T) {
	const content = "\x89PNG\r\n\x00\xff"
	if got, err := wire.FromValue(t.Context(), sent(t, wire.ToValue(content))); err != nil || got != content {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestPatternsAndNothing(t *testing.T) {
	got, err := wire.FromValue(t.Context(), sent(t, wire.ToValue(regexp.MustCompile("(?ms)^a.b"))))
	if pattern, ok := got.(*regexp.Regexp); err != nil || !ok || pattern.String() != "(?ms)^a.b" {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := wire.FromValue(t.Context(), &ascliv1.Value{}); got != nil || err != nil {
		t.Errorf("an empty value is %v, %v", got, err)
	}
	for name, v := range map[string]*ascliv1.Value{
		"JSON":    {Kind: &ascliv1.Value_Json{Json: []byte("{")}},
		"pattern": {Kind: &ascliv1.Value_Regexp{Regexp: "("}},
	} {
		if _, err := wire.FromNamed(t.Context(), []*ascliv1.NamedValue{{Name: "url", Value: v}}); err == nil || err.Error()[:10] != "value url:" {
			t.Errorf("wrong %s: %v", name, err)
		}
	}
}

func TestNamedValuesAreSorted(t *testing.T) {
	values := map[string]any{"b": "x", "a": record.New("k", 1), "c": nil}
	list := wire.ToNamed(values)
	if len(list) != 3 || list[0].Name != "a" || list[2].Name != "c" {
		t.Fatalf("got %v", list)
	}
	got, err := wire.FromNamed(t.Context(), list)
	if err != nil || !reflect.DeepEqual(got, values) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestFailures(t *testing.T) {
	labelled := failure.Otherf("Errno::ENOENT", "no file").Hint("make one").Hint("or not")
	for _, c := range []struct {
		name string
		err  error
		want failure.Error
	}{
		{"labelled", labelled, failure.Error{Label: failure.Other, Kind: "Errno::ENOENT", Message: "no file", Hints: []string{"make one", "or not"}}},
		{"wrapped", fmt.Errorf("listing: %w", labelled), failure.Error{Label: failure.Other, Kind: "Errno::ENOENT", Message: "listing: no file", Hints: []string{"make one", "or not"}}},
		{"of a transfer", fmt.Errorf("session: %w", transfer.FromCode(4, "")), failure.Error{
			Label: failure.Transfer, Message: "session: No such file or directory",
			Cause: &transfer.Error{Code: 4, Message: "session: No such file or directory"},
		}},
		{"interrupted", fmt.Errorf("reading: %w", context.Canceled), failure.Error{Label: failure.Interruption, Message: "interrupted by user"}},
		{"interrupted beyond a call", status.Error(codes.Canceled, "context canceled"), failure.Error{Label: failure.Interruption, Message: "interrupted by user"}},
		{"any other", errors.New("odd"), failure.Error{Label: failure.Other, Kind: "RuntimeError", Message: "odd"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := failure.As(wire.FromFailure(sent(t, wire.ToFailure(c.err))))
			if got == nil || !reflect.DeepEqual(*got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	if wire.ToFailure(nil) != nil || wire.FromFailure(nil) != nil {
		t.Error("no error becomes one")
	}
}

func TestEvents(t *testing.T) {
	event := transfer.Event{Kind: transfer.Transfer, Session: "s", Text: "t", Bytes: 1 << 40, File: "/f"}
	if got := wire.FromEvent(sent(t, wire.ToEvent(event))); got != event {
		t.Errorf("got %+v, want %+v", got, event)
	}
}

func TestOutcomes(t *testing.T) {
	result := sent(t, wire.ToOutcome([]error{nil, errors.New("lost")}, nil)).GetResult()
	if len(result.GetSessions()) != 2 || result.Sessions[0].Failure != nil || result.Sessions[1].Failure.Message != "lost" {
		t.Errorf("got %v", result)
	}
	if f := sent(t, wire.ToOutcome(nil, failure.Toolf("no ascp"))).GetFailure(); f.GetLabel() != "Tool" || f.Message != "no ascp" {
		t.Errorf("got %v", f)
	}
}

func TestSupports(t *testing.T) {
	if !wire.Supports([]uint32{99, wire.ProtocolVersions()[0]}) || wire.Supports([]uint32{99}) || wire.Supports(nil) {
		t.Error("wrong versions are spoken")
	}
}

func FuzzFromValue(f *testing.F) {
	f.Add([]byte(`{"a":[1,null]}`), "(?ms)a")
	f.Add([]byte(`{`), "(")
	f.Fuzz(func(t *testing.T, text []byte, pattern string) {
		if v, err := wire.FromValue(t.Context(), &ascliv1.Value{Kind: &ascliv1.Value_Json{Json: text}}); err == nil {
			again, err := wire.FromValue(t.Context(), wire.ToValue(v))
			if err != nil || string(record.JSON(again)) != string(record.JSON(v)) {
				t.Errorf("%s becomes %s, %v", record.JSON(v), record.JSON(again), err)
			}
		}
		if v, err := wire.FromValue(t.Context(), &ascliv1.Value{Kind: &ascliv1.Value_Regexp{Regexp: pattern}}); err == nil {
			if again, err := wire.FromValue(t.Context(), wire.ToValue(v)); err != nil || again.(*regexp.Regexp).String() != pattern {
				t.Errorf("%q becomes %v, %v", pattern, again, err)
			}
		}
	})
}
