package gateway

import "testing"

// FuzzMessage checks that what is decoded is one message, and that no
// announcement makes a file set leave its rules.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"transfer_spec":{"direction":"send","token":"t","paths":[{"source":"a"}]}}`,
		`{"slice_upload":{"name":"a","size":4,"slice":0,"total_slices":2,"fileIndex":0}}`,
		`{"slice_upload":{"name":"a","size":4,"slice":1,"total_slices":2,"fileIndex":0,"data":"YWI="}}`,
		`{"slice_upload":{"fileIndex":-1}}`, `{}`, `[]`, `{"transfer_spec":null,"slice_upload":{}}`, `"x"`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		received, err := decode(text)
		if err != nil {
			return
		}
		if (received.TransferSpec == nil) == (received.SliceUpload == nil) {
			t.Fatalf("%+v", received)
		}
		if received.SliceUpload == nil {
			return
		}
		// No file of this set may be opened: it has none.
		if err := (&fileSet{}).start(*received.SliceUpload); err == nil {
			t.Fatalf("%+v was accepted", received.SliceUpload)
		}
	})
}
