package httpgw

import (
	"encoding/base64"
	"strings"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// reply is what a gateway answers to a frame.
type reply int

const (
	// frameAccepted acknowledges the transfer spec or a slice.
	frameAccepted reply = iota
	// markAccepted acknowledges the begin or the end of a file.
	markAccepted
)

// parseReply reads a text frame of the gateway; an error is one that the gateway
// reports, or a text that has no meaning (spec/transfer.md 12.5).
func parseReply(text string) (reply, error) {
	text = strings.TrimSpace(text)
	switch text {
	case "end upload":
		return frameAccepted, nil
	case "end_slice_upload":
		return markAccepted, nil
	}
	message := text
	if inner, quoted := strings.CutPrefix(text, `"`); quoted {
		decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimSuffix(inner, `"`)))
		if err != nil {
			return 0, unknownReply(text)
		}
		message = string(decoded)
	}
	o, err := record.ParseObject([]byte(message))
	if err != nil {
		return 0, unknownReply(text)
	}
	if s := o.Text("message"); s != "" {
		return 0, transfer.Errorf("%s", s)
	}
	return 0, unknownReply(message)
}

func unknownReply(text string) error {
	const enough = 500
	if len(text) > enough {
		text = text[:enough] + "..."
	}
	return transfer.Errorf("unknown message from gateway: [%s]", text)
}
