package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
)

// maxMessage bounds a JSON message: a transfer spec names all files, and a slice
// of version 1 has its data in it.
const maxMessage = 96 << 20

// message is a text frame: one of its fields is set.
type message struct {
	TransferSpec *transferSpec `json:"transfer_spec"`
	SliceUpload  *slice        `json:"slice_upload"`
}

// slice is part of a file in version 1; in version 2 it announces the data of a
// file, or says that it is complete.
type slice struct {
	Name        string `json:"name"`
	Size        int64  `json:"size"`
	Slice       int64  `json:"slice"`
	TotalSlices int64  `json:"total_slices"`
	FileIndex   int    `json:"fileIndex"`
	// Data is base64 in JSON, in version 1 only.
	Data []byte `json:"data"`
}

// decode reads a text frame.
func decode(text []byte) (message, error) {
	var received message
	if len(text) > maxMessage {
		return received, fmt.Errorf("a message is longer than %d bytes", maxMessage)
	}
	if err := json.Unmarshal(text, &received); err != nil {
		return received, fmt.Errorf("a message is not the JSON expected: %w", err)
	}
	if (received.TransferSpec == nil) == (received.SliceUpload == nil) {
		return received, errors.New("a message must have either transfer_spec or slice_upload")
	}
	return received, nil
}
