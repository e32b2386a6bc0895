package command

import (
	"context"
	"io"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Sync lays the user's transfer options over the product's specs and runs async
// in the transfer plugin (spec/sync.md 2.2).
func (s *session) Sync(ctx context.Context, sync sdk.Sync) error {
	request, process, err := s.prepareSync(ctx, sync)
	if err != nil {
		return err
	}
	return process.RunSync(ctx, request, maskedOutput{s})
}

func (s *session) prepareSync(ctx context.Context, sync sdk.Sync) (*ascliv1.RunSyncRequest, transferProcess, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ts, err := s.options.Object(ctx, "ts")
	if err != nil {
		return nil, nil, err
	}
	final := sdk.Sync{Description: sync.Description, Additive: sync.Additive}
	for _, spec := range sync.Specs {
		spec = spec.Clone()
		if ts != nil {
			record.Merge(spec, ts)
		}
		s.learnTransferSecrets(record.DropNulls(spec))
		final.Specs = append(final.Specs, spec)
	}
	s.learnDescribedSecrets(sync.Description)
	// No agent takes part.
	around, err := s.agentSurroundings(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	watched, err := s.options.Flag(ctx, "progress_bar")
	if err != nil {
		return nil, nil, err
	}
	process, err := s.transferProcess(ctx)
	return &ascliv1.RunSyncRequest{Request: final.Request(), Surroundings: around, Watched: watched && s.OutTerminal}, process, err
}

// learnDescribedSecrets hides the secrets of a description of sessions.
func (s *session) learnDescribedSecrets(description *record.Object) {
	if remote := description.Object("remote"); remote != nil {
		s.learnSecret(remote.Text("pass"))
		s.learnSecret(remote.Text("token"))
	}
	for _, v := range description.List("sessions") {
		if session, ok := v.(*record.Object); ok {
			s.learnTransferSecrets(session)
		}
	}
}

// maskedOutput is where async says what it does: with the messages, since it is
// not the result. It draws its progress on a terminal itself.
type maskedOutput struct{ session *session }

func (o maskedOutput) Write(p []byte) (int, error) {
	to := o.session.Err
	if o.session.OutTerminal {
		to = o.session.Out
	}
	_, err := io.WriteString(to, o.session.maskText(string(p)))
	return len(p), err
}

// learnTransferSecrets hides the secrets of a transfer spec from here on.
func (s *session) learnTransferSecrets(spec *record.Object) {
	for _, text := range transfer.Secrets(spec) {
		s.learnSecret(text)
	}
}
