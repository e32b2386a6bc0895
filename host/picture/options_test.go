package picture_test

import (
	"testing"

	"github.com/ascli-go/ascli/host/picture"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestParseOptions(t *testing.T) {
	defaults := picture.Options{Reserve: 3, Double: true, FontRatio: 32.0 / 14}
	for _, c := range []struct {
		name, option string
		want         picture.Options
	}{
		{"empty", `{}`, defaults},
		{"nulls", `{"text":null,"reserve":null}`, defaults},
		{"all", `{"text":true,"reserve":0,"double":false,"font_ratio":2}`, picture.Options{Text: true, FontRatio: 2}},
		{"words and digits of a preset", `{"text":"yes","reserve":"5","double":"no","font_ratio":"2.5"}`,
			picture.Options{Text: true, Reserve: 5, FontRatio: 2.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			option, err := record.ParseObject([]byte(c.option))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := picture.ParseOptions(option); err != nil || got != c.want {
				t.Errorf("got %+v, error %v", got, err)
			}
		})
	}
	if got, err := picture.ParseOptions(nil); err != nil || got != defaults {
		t.Errorf("without option: %+v, error %v", got, err)
	}
}

func TestParseOptionsErrors(t *testing.T) {
	for _, c := range []struct{ name, option, want string }{
		{"unknown field", `{"text":true,"width":1}`, "Invalid parameter(s) for option image: width, use reserve, text, double, font_ratio"},
		{"no boolean", `{"text":1}`, "Option image.text is a Integer but must be String"},
		{"no number of lines", `{"reserve":-1}`, "Option image.reserve must be a number of lines, not -1"},
		{"too many lines", `{"reserve":99999999999999999999}`, "Option image.reserve must be a number of lines, not 99999999999999999999"},
		{"no ratio", `{"font_ratio":0}`, "Option image.font_ratio must be a number from 0.1 to 10, not 0"},
		{"a text as ratio", `{"font_ratio":"NaN"}`, "Option image.font_ratio must be a number from 0.1 to 10, not NaN"},
		{"a list as ratio", `{"font_ratio":[]}`, "Option image.font_ratio is a Array but must be one of Float,Integer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			option, err := record.ParseObject([]byte(c.option))
			if err != nil {
				t.Fatal(err)
			}
			_, err = picture.ParseOptions(option)
			if e := failure.As(err); e == nil || e.Label != failure.Argument || e.Message != c.want {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name        string
		environment map[string]string
		attributes  string
		want        picture.Protocol
	}{
		{"iTerm2", map[string]string{"TERM_PROGRAM": "iTerm.app"}, "", picture.ITerm2},
		{"iTerm2 through ssh and tmux", map[string]string{"LC_TERMINAL": "iTerm2", "TMUX": "/tmp/tmux-0/default"}, "", picture.ITerm2},
		{"WezTerm", map[string]string{"TERM_PROGRAM": "WezTerm"}, "\x1b[?65;4;6c", picture.ITerm2},
		{"mintty", map[string]string{"TERM_PROGRAM": "mintty", "TERM": "xterm"}, "", picture.ITerm2},
		{"kitty", map[string]string{"TERM": "xterm-kitty"}, "", picture.Kitty},
		{"kitty with another TERM", map[string]string{"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "", picture.Kitty},
		{"ghostty", map[string]string{"TERM_PROGRAM": "ghostty"}, "", picture.Kitty},
		{"tmux in kitty", map[string]string{"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "/tmp/tmux-0/default"}, "", picture.Characters},
		{"tmux that knows sixel", map[string]string{"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default"}, "\x1b[?1;2;4c", picture.Sixel},
		{"xterm made for sixel", map[string]string{"TERM": "xterm-sixel"}, "", picture.Sixel},
		{"foot", map[string]string{"TERM": "foot-extra"}, "", picture.Sixel},
		{"an answer with sixel", map[string]string{"TERM": "xterm"}, "\x1b[?62;4;22c", picture.Sixel},
		{"an answer without", map[string]string{"TERM": "xterm"}, "\x1b[?64;22c", picture.Characters},
		{"half an answer", map[string]string{"TERM": "xterm"}, "\x1b[?62;4", picture.Characters},
		{"nothing known", nil, "", picture.Characters},
	} {
		t.Run(c.name, func(t *testing.T) {
			getenv := func(name string) string { return c.environment[name] }
			if got := picture.Detect(getenv, c.attributes); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func FuzzParseOptions(f *testing.F) {
	for _, text := range []string{`{"text":true,"reserve":"1","double":"n","font_ratio":"1e1"}`, `{"reserve":-1}`, `{"x":1}`, `{"font_ratio":1e999}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		option, err := record.ParseObject(data)
		if err != nil {
			return
		}
		o, err := picture.ParseOptions(option)
		if err == nil && (o.Reserve < 0 || o.FontRatio < 0.1 || o.FontRatio > 10) {
			t.Errorf("%s gives %+v", data, o)
		}
	})
}
