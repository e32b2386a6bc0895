package pac

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// weekdayRange takes one day or two, as in ("FRI", "MON"), both included. The
// week has no end.
func weekdayRange(now time.Time, args []any) (bool, error) {
	if len(args) < 1 || len(args) > 2 {
		return false, fmt.Errorf("weekdayRange takes one or two days, not %d", len(args))
	}
	var days []int
	for _, arg := range args {
		day := nameIndex(arg, "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
		if day < 0 {
			return false, fmt.Errorf("weekdayRange: %v is no day, use SUN to SAT", arg)
		}
		days = append(days, day)
	}
	return within([]int{int(now.Weekday())}, days[:1], days[len(days)-1:], true), nil
}

// timeRange takes an hour, two hours, two of hour and minute, or two of hour,
// minute and second, both included. The day has no end.
func timeRange(now time.Time, args []any) (bool, error) {
	numbers := make([]int, len(args))
	for i, arg := range args {
		n, ok := arg.(int64)
		if !ok || n < 0 || n > 59 {
			return false, fmt.Errorf("timeRange: %v is no hour, minute or second", arg)
		}
		numbers[i] = int(n)
	}
	clock := []int{now.Hour(), now.Minute(), now.Second()}
	switch n := len(numbers); n {
	case 1:
		return clock[0] == numbers[0], nil
	case 2, 4, 6:
		return within(clock[:n/2], numbers[:n/2], numbers[n/2:], true), nil
	default:
		return false, fmt.Errorf("timeRange takes 1, 2, 4 or 6 numbers, not %d", n)
	}
}

// The parts of a date, in the order of their weight.
const (
	year = iota
	month
	day
)

// dateRange takes days (1 to 31), months (JAN to DEC) and years: one of each
// kind, which must all hold, or two groups that are alike, the first and last
// date included. Without years the year has no end.
func dateRange(now time.Time, args []any) (bool, error) {
	if len(args) < 1 || len(args) > 6 {
		return false, fmt.Errorf("dateRange takes 1 to 6 days, months and years, not %d", len(args))
	}
	parts := make([]datePart, len(args))
	for i, arg := range args {
		var err error
		if parts[i], err = parseDatePart(arg); err != nil {
			return false, err
		}
	}
	first, last := parts, parts
	if half := len(parts) / 2; len(parts)%2 == 0 && kindsOf(parts[:half]) == kindsOf(parts[half:]) {
		first, last = parts[:half], parts[half:]
	}
	from, to, today := []int{}, []int{}, []int{}
	for kind, value := range []int{year: now.Year(), month: int(now.Month()) - 1, day: now.Day()} {
		i := slices.IndexFunc(first, func(p datePart) bool { return p.kind == kind })
		if i < 0 {
			continue
		}
		j := slices.IndexFunc(last, func(p datePart) bool { return p.kind == kind })
		from, to, today = append(from, first[i].value), append(to, last[j].value), append(today, value)
	}
	if len(from) != len(first) {
		return false, fmt.Errorf("dateRange: %v gives a day, month or year twice", args)
	}
	return within(today, from, to, !strings.Contains(kindsOf(first), fmt.Sprint(year))), nil
}

type datePart struct{ kind, value int }

func parseDatePart(arg any) (datePart, error) {
	if n, ok := arg.(int64); ok && n >= 1 && n <= 9999 {
		if n <= 31 {
			return datePart{day, int(n)}, nil
		}
		return datePart{year, int(n)}, nil
	}
	if i := nameIndex(arg, "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"); i >= 0 {
		return datePart{month, i}, nil
	}
	return datePart{}, fmt.Errorf("dateRange: %v is no day, month (JAN to DEC) or year", arg)
}

// kindsOf names the kinds of a group, in any order.
func kindsOf(parts []datePart) string {
	var kinds []int
	for _, p := range parts {
		kinds = append(kinds, p.kind)
	}
	slices.Sort(kinds)
	return fmt.Sprint(kinds)
}

func nameIndex(arg any, names ...string) int {
	text, _ := arg.(string)
	return slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, text) })
}

// within compares numbers of falling weight. A range that ends before it begins
// goes round, if it may.
func within(now, from, to []int, round bool) bool {
	after := compare(now, from) >= 0
	before := compare(now, to) <= 0
	if compare(from, to) > 0 && round {
		return after || before
	}
	return after && before
}

func compare(a, b []int) int { return slices.CompareFunc(a, b, cmp.Compare[int]) }
