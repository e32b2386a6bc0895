package oauth

import "context"

// flight is one request for a token that several callers wait for. It goes on
// as long as one of them does, which singleflight of golang.org/x/sync cannot
// tell: there a request dies with the caller who began it, or with none.
type flight struct {
	cancel  context.CancelFunc
	waiting int
	// done is closed when token and err are set.
	done  chan struct{}
	token string
	err   error
}

// share obtains a token, together with all who want the same one replaced.
func (s *Source) share(ctx context.Context, refused string) (string, error) {
	f := s.board(ctx, refused)
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		s.leave(f, refused)
		return "", ctx.Err()
	}
}

// board joins the flight under way, or begins one.
func (s *Source) board(ctx context.Context, refused string) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flights[refused]
	if f == nil {
		flying, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{cancel: cancel, done: make(chan struct{})}
		s.flights[refused] = f
		go func() {
			defer cancel()
			f.token, f.err = s.obtain(flying, refused)
			s.forget(f, refused)
			close(f.done)
		}()
	}
	f.waiting++
	return f
}

func (s *Source) leave(f *flight, refused string) {
	s.mu.Lock()
	f.waiting--
	abandoned := f.waiting == 0
	// Who comes now must not join a flight that is being cancelled.
	if abandoned && s.flights[refused] == f {
		delete(s.flights, refused)
	}
	s.mu.Unlock()
	if abandoned {
		f.cancel()
		// A command that was interrupted may end only when its browser page
		// and file lock are gone.
		<-f.done
	}
}

func (s *Source) forget(f *flight, refused string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flights[refused] == f {
		delete(s.flights, refused)
	}
}
