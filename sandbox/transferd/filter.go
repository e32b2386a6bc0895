package transferd

import (
	"regexp"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	protocol "github.com/ascli-go/ascli/proto/transferd"
)

type predicate = func(*protocol.TransferResponse) bool

// selection tells which states a client asks for: those of transfers with the ids,
// and those that a filter takes; all if it says nothing.
func selection(request *protocol.RegistrationRequest) (predicate, error) {
	var filters []predicate
	for _, f := range request.GetFilters() {
		filter, err := filterOf(f)
		if err != nil {
			return nil, err
		}
		filters = append(filters, filter)
	}
	ids := request.GetTransferId()
	return func(state *protocol.TransferResponse) bool {
		return len(ids) == 0 && len(filters) == 0 || slices.Contains(ids, state.GetTransferId()) ||
			slices.ContainsFunc(filters, func(f predicate) bool { return f(state) })
	}, nil
}

// filterOf makes the predicate of a filter, whose operator joins its criteria.
func filterOf(f *protocol.RegistrationFilter) (predicate, error) {
	var criteria []predicate
	criteria = oneOf(criteria, f.GetEventType(), (*protocol.TransferResponse).GetTransferEvent)
	criteria = oneOf(criteria, f.GetTransferId(), (*protocol.TransferResponse).GetTransferId)
	criteria = oneOf(criteria, f.GetCookie(), cookieOf)
	criteria = oneOf(criteria, f.GetTags64(), func(s *protocol.TransferResponse) string { return s.GetTransferInfo().GetTags64() })
	criteria = oneOf(criteria, f.GetTransferType(), (*protocol.TransferResponse).GetTransferType)
	criteria = oneOf(criteria, f.GetTransferStatus(), (*protocol.TransferResponse).GetStatus)
	if direction := f.GetDirection(); direction != "" {
		criteria = oneOf(criteria, []string{direction}, func(s *protocol.TransferResponse) string { return s.GetTransferInfo().GetDirection() })
	}
	if text := f.GetCookieRegex(); text != "" {
		pattern, err := regexp.Compile(text)
		if err != nil {
			return nil, status.Errorf(codes.InvalidArgument, "cookieRegex: %v", err)
		}
		criteria = append(criteria, func(s *protocol.TransferResponse) bool { return pattern.MatchString(cookieOf(s)) })
	}
	all := f.GetOperator() == protocol.RegistrationFilterOperator_AND || len(criteria) == 0
	return func(state *protocol.TransferResponse) bool {
		for _, holds := range criteria {
			if holds(state) != all {
				return !all
			}
		}
		return all
	}, nil
}

func cookieOf(s *protocol.TransferResponse) string { return s.GetTransferInfo().GetCookie() }

// oneOf adds the criterion that a value is among those wanted, if any are.
func oneOf[T comparable](criteria []predicate, wanted []T, value func(*protocol.TransferResponse) T) []predicate {
	if len(wanted) == 0 {
		return criteria
	}
	return append(criteria, func(s *protocol.TransferResponse) bool { return slices.Contains(wanted, value(s)) })
}
