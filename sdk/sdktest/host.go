package sdktest

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Host describes what the host of a command answers. The zero value has no
// answer to any question, and transfers that succeed.
type Host struct {
	// Late are the values of options that a command asks for while it runs.
	Late map[string]any
	// Answers are given to prompts, in order.
	Answers []string
	// Secrets are those of presets, by "<username>@<url>".
	Secrets map[string]string
	// State is what an earlier run kept, by the parts of its id joined with "/".
	State map[string][]byte
	// Proxies are the HTTP proxies of URLs.
	Proxies map[string]string
	// Transfer, when set, is the agent.
	Transfer func(ctx context.Context, spec *record.Object, sources []transfer.Source) error
	// Sync, when set, is async.
	Sync func(ctx context.Context, sync sdk.Sync) error
	// TransferCommand, when set, answers for the commands of the transfer plugin,
	// by its words: "ascp info". Unset, there are none.
	TransferCommand func(ctx context.Context, words string, args map[string]any) (*sdk.Result, error)
	// LogLevel is the lowest level of Outcome.Log.
	LogLevel slog.Level
}

// Message is a line that a command showed besides its result.
type Message struct {
	Level sdk.MessageLevel
	Text  string
}

// Transfer is a job that a command asked for.
type Transfer struct {
	Spec    *record.Object
	Sources []transfer.Source
}

// fakeHost writes what a command asks for into its outcome.
type fakeHost struct {
	Host
	mu  sync.Mutex
	out *Outcome
}

func (h *fakeHost) Option(_ context.Context, name string) (any, error) {
	if v, ok := h.Late[name]; ok {
		return value(v), nil
	}
	return nil, failure.Argumentf("Missing mandatory option: %s", name)
}

func (h *fakeHost) Prompt(_ context.Context, text string, _ bool) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.Answers) == 0 {
		return "", failure.Argumentf("nobody answers the prompt %q", text)
	}
	answer := h.Answers[0]
	h.Answers = h.Answers[1:]
	return answer, nil
}

func (h *fakeHost) Secret(_ context.Context, url, username string) (string, bool, error) {
	secret, found := h.Secrets[username+"@"+url]
	return secret, found, nil
}

func (h *fakeHost) Message(_ context.Context, level sdk.MessageLevel, text string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out.Messages = append(h.out.Messages, Message{level, text})
	return nil
}

func (h *fakeHost) ReadState(_ context.Context, id ...string) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.out.State[strings.Join(id, "/")], nil
}

func (h *fakeHost) WriteState(_ context.Context, content []byte, id ...string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(content) == 0 {
		delete(h.out.State, strings.Join(id, "/"))
		return nil
	}
	h.out.State[strings.Join(id, "/")] = content
	return nil
}

func (h *fakeHost) Transfer(ctx context.Context, spec *record.Object, sources []transfer.Source, _ func(transfer.Event)) error {
	h.mu.Lock()
	h.out.Transfers = append(h.out.Transfers, Transfer{spec.Clone(), sources})
	h.mu.Unlock()
	if h.Host.Transfer != nil {
		return h.Host.Transfer(ctx, spec, sources)
	}
	return nil
}

func (h *fakeHost) TransferComplete(ctx context.Context, spec *record.Object, _ func(transfer.Event)) error {
	return h.Transfer(ctx, spec, nil, nil)
}

func (h *fakeHost) Sync(ctx context.Context, sync sdk.Sync) error {
	h.mu.Lock()
	h.out.Syncs = append(h.out.Syncs, sync)
	h.mu.Unlock()
	if h.Host.Sync != nil {
		return h.Host.Sync(ctx, sync)
	}
	return nil
}

func (h *fakeHost) TransferCommand(ctx context.Context, command []string, args map[string]any, sink sdk.Sink) error {
	words := strings.Join(command, " ")
	if h.Host.TransferCommand == nil {
		return failure.Argumentf("the transfer plugin has no command %q", words)
	}
	result, err := h.Host.TransferCommand(ctx, words, args)
	if err != nil {
		return err
	}
	return result.Feed(ctx, sink)
}

func (h *fakeHost) Open(_ context.Context, target string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out.Opened = append(h.out.Opened, target)
	return nil
}

func (h *fakeHost) Proxy(_ context.Context, url string) (string, error) { return h.Proxies[url], nil }

func (h *fakeHost) SetPreset(_ context.Context, preset string, options *record.Object) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.out.Presets == nil {
		h.out.Presets = map[string]*record.Object{}
	}
	if stored := h.out.Presets[preset]; stored != nil {
		options = record.Merge(stored, options)
	}
	h.out.Presets[preset] = options
	return nil
}
