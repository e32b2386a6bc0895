package picture

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// The fields of option image.
const (
	fieldReserve   = "reserve"
	fieldText      = "text"
	fieldDouble    = "double"
	fieldFontRatio = "font_ratio"
)

// Options is option image.
type Options struct {
	// Reserve is the number of terminal lines to leave free.
	Reserve int
	// Text asks for characters even where the terminal can do better.
	Text bool
	// Double shows two rows of pixels in each row of characters.
	Double bool
	// FontRatio is the height of a character cell divided by its width; 0: the default.
	FontRatio float64
}

// Font ratios: beyond the limits no picture is to be recognised.
const (
	minFontRatio     = 0.1
	maxFontRatio     = 10
	defaultFontRatio = 32.0 / 14
)

// DefaultOptions returns the defaults of spec/plugins/config.md 13.
func DefaultOptions() Options { return Options{Reserve: 3, Double: true, FontRatio: defaultFontRatio} }

// ParseOptions reads option image; nil and null fields stand for the defaults.
func ParseOptions(option *record.Object) (Options, error) {
	o := DefaultOptions()
	if option == nil {
		return o, nil
	}
	names := []string{fieldReserve, fieldText, fieldDouble, fieldFontRatio}
	unknown := slices.DeleteFunc(option.Keys(), func(key string) bool { return slices.Contains(names, key) })
	if len(unknown) > 0 {
		return o, failure.Argumentf("Invalid parameter(s) for option image: %s, use %s",
			strings.Join(unknown, ", "), strings.Join(names, ", "))
	}
	for name, v := range option.All() {
		if v == nil {
			continue
		}
		if err := o.set(name, v); err != nil {
			return DefaultOptions(), err
		}
	}
	return o, nil
}

func (o *Options) set(name string, v any) (err error) {
	named := value.Option{Name: "image." + name, Origin: value.Preset}
	switch name {
	case fieldText:
		o.Text, err = named.Bool(v)
	case fieldDouble:
		o.Double, err = named.Bool(v)
	case fieldReserve:
		o.Reserve, err = lines(named, v)
	case fieldFontRatio:
		o.FontRatio, err = ratio(named, v)
	}
	return err
}

func lines(named value.Option, v any) (int, error) {
	digits, err := named.Integer(v)
	if err != nil {
		return 0, err
	}
	n, err := digits.Int64()
	if err != nil || n < 0 || n > math.MaxInt32 {
		return 0, failure.Argumentf("Option %s must be a number of lines, not %s", named.Name, digits)
	}
	return int(n), nil
}

func ratio(named value.Option, v any) (float64, error) {
	if text, ok := v.(string); ok {
		v = json.Number(text)
	}
	number, ok := v.(json.Number)
	if !ok {
		return 0, named.Check(v, value.Float, value.Integer)
	}
	r, err := number.Float64()
	if err != nil || r < minFontRatio || r > maxFontRatio || math.IsNaN(r) {
		return 0, failure.Argumentf("Option %s must be a number from %v to %v, not %s", named.Name, minFontRatio, maxFontRatio, number)
	}
	return r, nil
}
