package sdk

import (
	"errors"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

func TestSteering(t *testing.T) {
	var s steering
	command := record.New("type", "RATE")
	takes := func(sessions int, err error) CommandTaker {
		return func(got *record.Object) (int, error) {
			if got != command {
				t.Errorf("got %s", record.JSON(got))
			}
			return sessions, err
		}
	}
	expect := func(when string, sessions int, message string) {
		t.Helper()
		got, err := s.send(command)
		if got != sessions || message == "" != (err == nil) || err != nil && err.Error() != message {
			t.Errorf("%s: sent to %d, %v", when, got, err)
		}
	}
	expect("nothing runs", 0, "")
	accept, leave := s.enter("direct")
	accept(takes(2, nil))
	expect("one job", 2, "")
	other, leaveOther := s.enter("direct")
	other(takes(1, errors.New("one session is lost")))
	expect("two jobs, one session lost", 3, "one session is lost")
	leave()
	leaveOther()
	expect("nothing runs any more", 0, "")
	_, leave = s.enter("httpgw")
	defer leave()
	expect("an agent that takes none", 0, "agent httpgw takes no commands: agent direct does, which runs ascp")
}
