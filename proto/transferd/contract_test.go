package transferd_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/ascli-go/ascli/proto/transferd"
)

// TestTheProtocolIsThatOfTheDaemon compares our description of the protocol with
// the daemon's own, which is not part of the project: $ASCLI_SPEC names its
// folder, or it is beside the project.
func TestTheProtocolIsThatOfTheDaemon(t *testing.T) {
	folder := os.Getenv("ASCLI_SPEC")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "spec")
	}
	text, err := os.ReadFile(filepath.Join(folder, "transferd.desc"))
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(os.Stderr, "The protocol of the transfer daemon is not checked: its description transferd.desc is not here; $ASCLI_SPEC can name its folder")
		return
	} else if err != nil {
		t.Fatal(err)
	}
	var described descriptorpb.FileDescriptorProto
	if err := proto.Unmarshal(text, &described); err != nil {
		t.Fatal(err)
	}
	theirs, err := protodesc.NewFile(&described, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := facts(theirs)
	got := facts(transferd.File_transferd_service_proto, transferd.File_transferd_information_proto, transferd.File_transferd_spec_proto)
	if len(want) < 500 {
		t.Fatalf("only %d facts in the description", len(want))
	}
	for _, fact := range want {
		if _, found := slices.BinarySearch(got, fact); !found {
			t.Errorf("missing: %s", fact)
		}
	}
	for _, fact := range got {
		if _, found := slices.BinarySearch(want, fact); !found {
			t.Errorf("not in the daemon's: %s", fact)
		}
	}
}

// facts lists all that is on the wire, sorted: methods, fields, values.
func facts(files ...protoreflect.FileDescriptor) []string {
	var list []string
	for _, file := range files {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				m := service.Methods().Get(j)
				list = append(list, fmt.Sprintf("method %s: %s (stream %t) returns %s (stream %t)",
					m.FullName(), m.Input().FullName(), m.IsStreamingClient(), m.Output().FullName(), m.IsStreamingServer()))
			}
		}
		list = append(list, values(file.Enums())...)
		list = append(list, fields(file.Messages())...)
	}
	slices.Sort(list)
	return list
}

func values(enums protoreflect.EnumDescriptors) []string {
	var list []string
	for i := range enums.Len() {
		for j := range enums.Get(i).Values().Len() {
			v := enums.Get(i).Values().Get(j)
			list = append(list, fmt.Sprintf("enum %s: %s = %d", enums.Get(i).FullName(), v.Name(), v.Number()))
		}
	}
	return list
}

func fields(messages protoreflect.MessageDescriptors) []string {
	var list []string
	for i := range messages.Len() {
		m := messages.Get(i)
		list = append(list, fmt.Sprintf("message %s", m.FullName()))
		for j := range m.Fields().Len() {
			f := m.Fields().Get(j)
			fact := fmt.Sprintf("field %s = %d: %s %s", f.FullName(), f.Number(), f.Cardinality(), f.Kind())
			if f.Message() != nil {
				fact += " " + string(f.Message().FullName())
			}
			if f.Enum() != nil {
				fact += " " + string(f.Enum().FullName())
			}
			if f.ContainingOneof() != nil {
				fact += " of " + string(f.ContainingOneof().Name())
			}
			list = append(list, fact)
		}
		list = append(list, values(m.Enums())...)
		list = append(list, fields(m.Messages())...)
	}
	return list
}
