package ascp

import (
	"context"
	"strconv"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// obey takes the commands of the supervisor (spec management.md section 4)
// until the port is closed. If the supervisor closes it, the session ends: the
// real ascp does not outlive its management connection either.
func (s *session) obey(ctx context.Context) {
	for {
		command, err := s.port.Read()
		if err != nil {
			s.cancel(failf(codeCancelled, "The management connection is lost: %v", err))
			return
		}
		switch command.Type {
		case management.Cancel:
			s.cancel(failf(codeCancelled, "Cancelled by user"))
		case management.Rate:
			s.changeRate(command)
		case management.Start:
			s.startSource(ctx, command)
		case management.Done:
			s.end(command)
		}
	}
}

// changeRate sets the target rate and answers with what holds now.
func (s *session) changeRate(command *management.Message) {
	answer := management.New(management.Notification)
	if kbps, ok := number(command, "Rate"); ok {
		s.meter.limit(rateKbps(kbps))
		answer.Int("Rate", kbps)
	}
	if kbps, ok := number(command, "MinRate"); ok {
		answer.Int("MinRate", kbps)
	}
	adaptive, ok := command.Get("Adaptive")
	if !ok {
		adaptive = "Adaptive"
	}
	s.send(answer.Text("Adaptive", adaptive))
}

func number(command *management.Message, field string) (int64, bool) {
	text, ok := command.Get(field)
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseInt(text, 10, 64)
	return value, err == nil && value >= 0
}

// startSource adds a source to a persistent session.
func (s *session) startSource(ctx context.Context, command *management.Message) {
	name, _ := command.Get("Source")
	target, _ := command.Get("Destination")
	added := source{path: name, destination: target}
	var failure *Error
	switch _, ranged := command.Get("FileBytes"); {
	case !s.job.keepalive || s.ended:
		failure = failf(codeUsage, "START needs a persistent session (--keepalive)")
	case name == "":
		failure = failf(codeUsage, "START without Source")
	case ranged:
		failure = failf(codeUsage, "START of a byte range is not offered by the sandbox's stand-in for ascp")
	default:
		if err := s.job.complete(&added); err != nil {
			failure = failureOf(err, codeUsage)
		}
	}
	if failure != nil {
		s.sendFileError(name, "", failure)
		return
	}
	select {
	case s.starts <- added:
	case <-ctx.Done():
	}
}

// end ends a persistent session: after what is pending, or at once.
func (s *session) end(command *management.Message) {
	if operation, _ := command.Get("Operation"); operation != "Linger" {
		s.cancel(errEnded)
		return
	}
	if s.job.keepalive && !s.ended {
		s.ended = true
		close(s.starts)
	}
}
