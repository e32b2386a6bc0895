package completion

import (
	"slices"
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	got, err := Decode([]string{".node", ".", "..", ".@file:x", ".--a=b"})
	if want := []string{"node", "", ".", "@file:x", "--a=b"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := Decode([]string{".a", "b"}); err == nil || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("a word without mark gives %v", err)
	}
}

func TestWrite(t *testing.T) {
	tests := []struct {
		name   string
		answer Answer
		want   string
	}{
		{"nothing", Answer{}, ":end\n"},
		{"candidates", Answer{Candidates: []Candidate{{"a", "first"}, {"b=", ""}}}, "a\tfirst\nb=\t\n:end\n"},
		{"files", Answer{Files: true, BeforePath: "--output="}, ":files --output=\n"},
		{"files of a whole word", Answer{Files: true}, ":files \n"},
		{"one line a description", Answer{Candidates: []Candidate{{"a", "x\ty\x1b[2J\nz"}}}, "a\tx y [2J\n:end\n"},
		{"texts that no line can hold", Answer{Candidates: []Candidate{{"a\nb", ""}}, Files: true, BeforePath: "\t"}, ":end\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			if err := tt.answer.Write(&out); err != nil || out.String() != tt.want {
				t.Errorf("got %q, %v, want %q", out.String(), err, tt.want)
			}
		})
	}
}

func TestFirstLevel(t *testing.T) {
	var out strings.Builder
	warning, err := FirstLevel(t.Context(), &out, newWorld(), nil)
	if err != nil || warning != "" || out.String() != "config\nconsole\nnode\n" {
		t.Errorf("got %q, %q, %v", out.String(), warning, err)
	}
	out.Reset()
	warning, err = FirstLevel(t.Context(), &out, newWorld(), []string{"node"})
	if err != nil || warning != "only first level completion so far" || out.Len() > 0 {
		t.Errorf("with a word: got %q, %q, %v", out.String(), warning, err)
	}
}
