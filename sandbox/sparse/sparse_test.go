package sparse

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestRanges(t *testing.T) {
	const mega = 1 << 20
	tests := []struct {
		name string
		size int64
		data []Range
	}{
		{"empty", 0, nil},
		{"all hole", 8 * mega, nil},
		{"all data", mega, []Range{{0, mega}}},
		{"in the middle", 8 * mega, []Range{{2 * mega, mega}, {5 * mega, 2 * mega}}},
		{"at both ends", 8*mega + 10, []Range{{0, mega}, {8 * mega, 10}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file, err := os.Create(filepath.Join(t.TempDir(), "f"))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if err := file.Truncate(tt.size); err != nil {
				t.Fatal(err)
			}
			for _, r := range tt.data {
				content := make([]byte, r.Length)
				for i := range content {
					content[i] = 1
				}
				if _, err := file.WriteAt(content, r.Offset); err != nil {
					t.Fatal(err)
				}
			}
			for name, find := range map[string]func(*os.File, int64) ([]Range, error){
				"system": Ranges, "reading": func(f *os.File, size int64) ([]Range, error) { return scan(f, size) },
			} {
				got, err := find(file, tt.size)
				if err != nil {
					t.Fatal(err)
				}
				// A system without holes, and one with large blocks, tell more than there is.
				for _, r := range tt.data {
					if inside := Within(got, r); !reflect.DeepEqual(inside, []Range{r}) {
						t.Errorf("%s: %v lacks %v", name, got, r)
					}
				}
				if name == "reading" && len(got) != len(tt.data) {
					t.Errorf("%s: %v, want %v", name, got, tt.data)
				}
			}
		})
	}
}

func TestWithin(t *testing.T) {
	ranges := []Range{{0, 10}, {20, 10}, {40, 10}}
	for _, tt := range []struct {
		part Range
		want []Range
	}{
		{Range{0, 100}, ranges},
		{Range{5, 20}, []Range{{5, 5}, {20, 5}}},
		{Range{10, 10}, nil},
		{Range{25, 0}, nil},
	} {
		if got := Within(ranges, tt.part); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v: %v, want %v", tt.part, got, tt.want)
		}
	}
}

func TestInOrder(t *testing.T) {
	for _, tt := range []struct {
		ranges []Range
		want   bool
	}{
		{nil, true},
		{[]Range{{0, 10}, {20, 80}}, true},
		{[]Range{{0, 10}, {10, 90}}, true},
		{[]Range{{20, 10}, {0, 10}}, false},
		{[]Range{{0, 10}, {5, 10}}, false},
		{[]Range{{0, 0}}, false},
		{[]Range{{-1, 5}}, false},
		{[]Range{{90, 11}}, false},
		{[]Range{{101, 1}}, false},
		{[]Range{{50, 1<<63 - 1}}, false},
	} {
		if got := InOrder(tt.ranges, 100); got != tt.want {
			t.Errorf("%v: %v", tt.ranges, got)
		}
	}
}
