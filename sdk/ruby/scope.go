package ruby

// scope knows the local variables of a program, a block or a lambda while it
// is parsed. Each has a slot in the frames that evaluation makes for the scope.
type scope struct {
	kind  scopeKind
	outer *scope
	names []string
	// captures are the variables of outer scopes that this one uses.
	captures []capture
	// jumps: next or return may leave the block; breaks: break may.
	jumps, breaks bool
}

type scopeKind uint8

const (
	programScope scopeKind = iota
	blockScope
	lambdaScope
)

// capture is a variable of an outer scope: slot of the frame that is depth
// frames out from the one in which the block was made.
type capture struct {
	name        string
	depth, slot int
}

// declare adds a variable and returns its slot.
func (s *scope) declare(name string) int {
	s.names = append(s.names, name)
	return len(s.names) - 1
}

// find returns where a variable is: slot of the frame depth frames out.
func (s *scope) find(name string) (depth, slot int, ok bool) {
	for ; s != nil; s, depth = s.outer, depth+1 {
		for slot = len(s.names) - 1; slot >= 0; slot-- {
			if s.names[slot] == name {
				return depth, slot, true
			}
		}
	}
	return 0, 0, false
}

// use is find for a variable that the code reads or writes: the scopes between
// it and its use remember that they capture it.
func (s *scope) use(name string) (*localVariable, bool) {
	depth, slot, ok := s.find(name)
	if !ok {
		return nil, false
	}
	inner := s
	for d := depth - 1; d >= 0; d-- {
		inner.remember(capture{name, d, slot})
		inner = inner.outer
	}
	return &localVariable{name: name, depth: depth, slot: slot}, true
}

func (s *scope) remember(c capture) {
	for _, known := range s.captures {
		if known == c {
			return
		}
	}
	s.captures = append(s.captures, c)
}

// lambdaDepth returns how many scopes out the closest lambda is.
func (s *scope) lambdaDepth() (depth int, lambda *scope) {
	for ; s != nil; s, depth = s.outer, depth+1 {
		if s.kind == lambdaScope {
			return depth, s
		}
	}
	return 0, nil
}
