package wire

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// ToValue encodes what a record holds, a *regexp.Regexp or a *lambda.Func.
func ToValue(v any) *ascliv1.Value {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			return &ascliv1.Value{Kind: &ascliv1.Value_Text{Text: []byte(v)}}
		}
	case *regexp.Regexp:
		return &ascliv1.Value{Kind: &ascliv1.Value_Regexp{Regexp: v.String()}}
	case *lambda.Func:
		return &ascliv1.Value{Kind: &ascliv1.Value_Lambda{Lambda: &ascliv1.Lambda{Language: string(v.Language()), Source: v.Source()}}}
	}
	return &ascliv1.Value{Kind: &ascliv1.Value_Json{Json: record.JSON(v)}}
}

// FromValue decodes a value; nothing set is null.
func FromValue(ctx context.Context, v *ascliv1.Value) (any, error) {
	switch k := v.GetKind().(type) {
	case *ascliv1.Value_Json:
		return record.Parse(k.Json)
	case *ascliv1.Value_Text:
		return string(k.Text), nil
	case *ascliv1.Value_Regexp:
		return regexp.Compile(k.Regexp)
	case *ascliv1.Value_Lambda:
		return lambda.Compile(ctx, lambda.Language(k.Lambda.GetLanguage()), k.Lambda.GetSource())
	}
	return nil, nil
}

// ToNamed encodes values by name, sorted so that equal maps give equal messages.
func ToNamed(values map[string]any) []*ascliv1.NamedValue {
	var list []*ascliv1.NamedValue
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, &ascliv1.NamedValue{Name: name, Value: ToValue(values[name])})
	}
	return list
}

// FromNamed decodes values by name.
func FromNamed(ctx context.Context, list []*ascliv1.NamedValue) (map[string]any, error) {
	values := make(map[string]any, len(list))
	for _, n := range list {
		v, err := FromValue(ctx, n.Value)
		if err != nil {
			return nil, fmt.Errorf("value %s: %w", n.Name, err)
		}
		values[n.Name] = v
	}
	return values, nil
}

// ToFailure encodes an error; nil for nil. An error without label is Other.
func ToFailure(err error) *ascliv1.Failure {
	if err == nil {
		return nil
	}
	var t *transfer.Error
	code := int32(0)
	if errors.As(err, &t) {
		code = int32(t.Code)
	}
	if e := failure.As(err); e != nil {
		// The wrapping text is part of what the user reads.
		return &ascliv1.Failure{Label: string(e.Label), Kind: e.Kind, Message: err.Error(), Hints: e.Hints, Code: code}
	}
	if t != nil {
		return &ascliv1.Failure{Label: string(failure.Transfer), Message: err.Error(), Code: code}
	}
	if errors.Is(err, context.Canceled) || status.Code(err) == codes.Canceled {
		return &ascliv1.Failure{Label: string(failure.Interruption), Message: "interrupted by user"}
	}
	return &ascliv1.Failure{Label: string(failure.Other), Kind: "RuntimeError", Message: err.Error()}
}

// FromFailure decodes an error; nil for nil. That of a failed transfer wraps a
// [*transfer.Error].
func FromFailure(f *ascliv1.Failure) error {
	if f == nil {
		return nil
	}
	e := &failure.Error{Label: failure.Label(f.Label), Kind: f.Kind, Message: f.Message, Hints: f.Hints}
	if e.Label == failure.Transfer {
		e.Cause = transfer.FromCode(int(f.Code), f.Message)
	}
	return e
}

// ToEvent and FromEvent translate transfer progress.
func ToEvent(e transfer.Event) *ascliv1.TransferEvent {
	return &ascliv1.TransferEvent{Kind: string(e.Kind), Session: e.Session, Text: e.Text, Bytes: e.Bytes, File: e.File}
}

// FromEvent decodes a progress event.
func FromEvent(e *ascliv1.TransferEvent) transfer.Event {
	return transfer.Event{Kind: transfer.Kind(e.Kind), Session: e.Session, Text: e.Text, Bytes: e.Bytes, File: e.File}
}

// ToOutcome is the last message of a transfer: how its sessions ended, or why
// it did not run.
func ToOutcome(sessions []error, err error) *ascliv1.TransferUpdate {
	if err != nil {
		return &ascliv1.TransferUpdate{Update: &ascliv1.TransferUpdate_Failure{Failure: ToFailure(err)}}
	}
	result := &ascliv1.TransferResult{}
	for _, s := range sessions {
		result.Sessions = append(result.Sessions, &ascliv1.SessionResult{Failure: ToFailure(s)})
	}
	return &ascliv1.TransferUpdate{Update: &ascliv1.TransferUpdate_Result{Result: result}}
}

// ToSyncEnd is the last message of a sync session.
func ToSyncEnd(err error) *ascliv1.SyncUpdate {
	return &ascliv1.SyncUpdate{Update: &ascliv1.SyncUpdate_Result{Result: &ascliv1.SessionResult{Failure: ToFailure(err)}}}
}
