package ruby

import (
	"fmt"
	"math"
	"math/big"
	"net/http"
	"time"
)

// Time is an instant; its arithmetic is in seconds.
type Time struct{ time.Time }

// Date is a day; its arithmetic is in days. The time of day is midnight UTC.
type Date struct{ time.Time }

// DateTime is an instant whose arithmetic is in days.
type DateTime struct{ time.Time }

const (
	secondsPerDay = 86400
	isoSeconds    = "2006-01-02T15:04:05"
	isoDay        = "2006-01-02"
)

func (t Time) text() string {
	if t.Location() == time.UTC {
		return t.Format("2006-01-02 15:04:05 UTC")
	}
	return t.Format("2006-01-02 15:04:05 -0700")
}

func (t Time) inspect() string {
	fraction := t.Format(".999999999")
	zone := "UTC"
	if t.Location() != time.UTC {
		zone = t.Format("-0700")
	}
	return t.Format("2006-01-02 15:04:05") + fraction + " " + zone
}

func (t DateTime) text() string { return t.Format(isoSeconds + "-07:00") }

func (d Date) text() string { return d.Format(isoDay) }

func (d Date) addDays(days int) Date { return Date{d.AddDate(0, 0, days)} }

func dateOf(t time.Time) Date {
	return Date{time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)}
}

// instant returns the time behind a Time, Date or DateTime; nil for other values.
func instant(v any) *time.Time {
	switch v := v.(type) {
	case Time:
		return &v.Time
	case Date:
		return &v.Time
	case DateTime:
		return &v.Time
	}
	return nil
}

// sameKind gives a time the type of another value.
func sameKind(v any, t time.Time) any {
	switch v.(type) {
	case Date:
		return dateOf(t)
	case DateTime:
		return DateTime{t}
	}
	return Time{t}
}

func (c *call) now() time.Time { return c.m.world.env.Now().In(c.m.world.env.Location) }

// later adds a number of units to a time.
func (c *call) later(t time.Time, number any, unit time.Duration, sign int) time.Time {
	if !isNumber(number) {
		c.fail(typeError, "can't convert %s into an exact number", describe(number))
	}
	const most = 1e11
	if seconds := floatOf(number) * unit.Seconds(); math.Abs(seconds) > most || math.IsNaN(seconds) {
		c.fail(rangeError, "%s is out of range", c.m.inspect(c.at, number))
	}
	if whole, ok := number.(int64); ok {
		// Durations end at 292 years: whole seconds go further.
		return time.Unix(t.Unix()+int64(sign)*whole*int64(unit/time.Second), int64(t.Nanosecond())).In(t.Location())
	}
	whole, fraction := math.Modf(floatOf(number) * unit.Seconds() * float64(sign))
	return time.Unix(t.Unix()+int64(whole), int64(t.Nanosecond())+int64(math.Round(fraction*1e9))).In(t.Location())
}

// between is the difference of two times in units.
func between(later, earlier time.Time, unit time.Duration) float64 {
	nanoseconds := new(big.Int).Mul(big.NewInt(later.Unix()-earlier.Unix()), big.NewInt(1e9))
	nanoseconds.Add(nanoseconds, big.NewInt(int64(later.Nanosecond()-earlier.Nanosecond())))
	difference, _ := new(big.Rat).SetFrac(nanoseconds, big.NewInt(int64(unit))).Float64()
	return difference
}

type timeTable = map[string]typed[any]

// timeParts are the methods that Time, Date and DateTime share.
func timeParts() timeTable {
	part := func(of func(t time.Time) int) typed[any] {
		return typed[any]{0, 0, func(_ *call, v any) any { return int64(of(*instant(v))) }}
	}
	onDay := func(day time.Weekday) typed[any] {
		return typed[any]{0, 0, func(_ *call, v any) any { return instant(v).Weekday() == day }}
	}
	month, day, hour := part(func(t time.Time) int { return int(t.Month()) }), part(time.Time.Day), part(time.Time.Hour)
	minute, second := part(time.Time.Minute), part(time.Time.Second)
	isoText := typed[any]{0, 1, func(c *call, v any) any { return newString(c.isoText(v)) }}
	return timeTable{
		"year": part(time.Time.Year), "month": month, "mon": month, "day": day, "mday": day,
		"hour": hour, "min": minute, "minute": minute, "sec": second, "second": second,
		"wday": part(func(t time.Time) int { return int(t.Weekday()) }), "yday": part(time.Time.YearDay),
		"monday?": onDay(time.Monday), "tuesday?": onDay(time.Tuesday), "wednesday?": onDay(time.Wednesday),
		"thursday?": onDay(time.Thursday), "friday?": onDay(time.Friday),
		"saturday?": onDay(time.Saturday), "sunday?": onDay(time.Sunday),
		"to_time":     {0, 0, func(_ *call, v any) any { return Time{*instant(v)} }},
		"to_date":     {0, 0, func(_ *call, v any) any { return dateOf(*instant(v)) }},
		"to_datetime": {0, 0, func(_ *call, v any) any { return DateTime{*instant(v)} }},
		"strftime": {0, 1, func(c *call, v any) any {
			format := "%Y-%m-%dT%H:%M:%S%:z"
			if len(c.args) > 0 {
				format = c.str(0)
			}
			return newString(c.strftime(*instant(v), format))
		}},
		"iso8601": isoText, "xmlschema": isoText, "rfc3339": isoText,
		"httpdate": {0, 0, func(_ *call, v any) any { return newString(instant(v).UTC().Format(http.TimeFormat)) }},
		"rfc2822":  {0, 0, func(_ *call, v any) any { return newString(instant(v).Format(time.RFC1123Z)) }},
	}
}

// isoText writes a time in the form of ISO 8601, with as many decimals as the
// argument says.
func (c *call) isoText(v any) string {
	t := *instant(v)
	if _, ok := v.(Date); ok {
		return t.Format(isoDay)
	}
	text := t.Format(isoSeconds)
	if places := min(max(0, c.int(0, 0)), 9); places > 0 {
		text += "." + fmt.Sprintf("%09d", t.Nanosecond())[:places]
	}
	if _, ok := v.(Time); ok && t.Location() == time.UTC {
		return text + "Z"
	}
	return text + t.Format("-07:00")
}

func timeMethods() timeTable {
	inUTC := func(_ *call, v any) any { return Time{instant(v).UTC()} }
	local := func(c *call, v any) any { return Time{instant(v).In(c.m.world.env.Location)} }
	return timeTable{
		"+": {1, 1, func(c *call, v any) any { return Time{c.later(*instant(v), c.args[0], time.Second, 1)} }},
		"-": {1, 1, func(c *call, v any) any {
			if other, ok := c.args[0].(Time); ok {
				return between(*instant(v), other.Time, time.Second)
			}
			return Time{c.later(*instant(v), c.args[0], time.Second, -1)}
		}},
		"utc": {0, 0, inUTC}, "getutc": {0, 0, inUTC}, "gmtime": {0, 0, inUTC}, "getgm": {0, 0, inUTC},
		"localtime": {0, 0, local}, "getlocal": {0, 0, local},
		"utc?":       {0, 0, func(_ *call, v any) any { return instant(v).Location() == time.UTC }},
		"utc_offset": {0, 0, func(_ *call, v any) any { return utcOffset(*instant(v)) }},
		"zone":       {0, 0, func(_ *call, v any) any { return newString(instant(v).Format("MST")) }},
		"to_i":       {0, 0, func(_ *call, v any) any { return instant(v).Unix() }},
		"to_f":       {0, 0, func(_ *call, v any) any { return between(*instant(v), time.Unix(0, 0), time.Second) }},
		"nsec":       {0, 0, func(_ *call, v any) any { return int64(instant(v).Nanosecond()) }},
		"usec":       {0, 0, func(_ *call, v any) any { return int64(instant(v).Nanosecond() / 1000) }},
		"round": {0, 1, func(c *call, v any) any {
			return Time{instant(v).Round(time.Duration(math.Pow10(9 - min(max(0, c.int(0, 0)), 9))))}
		}},
	}
}

func utcOffset(t time.Time) int64 {
	_, seconds := t.Zone()
	return int64(seconds)
}

// dateMethods are those of Date and DateTime.
func dateMethods() timeTable {
	const day = secondsPerDay * time.Second
	days := func(sign int) func(c *call, v any) any {
		return func(c *call, v any) any {
			number := any(int64(1))
			if len(c.args) > 0 {
				number = c.args[0]
			}
			return sameKind(v, c.later(*instant(v), number, day, sign))
		}
	}
	months := func(sign int) func(c *call, v any) any {
		return func(c *call, v any) any { return sameKind(v, c.monthsLater(*instant(v), sign*c.int(0, 1))) }
	}
	return timeTable{
		"+": {1, 1, days(1)}, "next_day": {0, 1, days(1)}, "next": {0, 0, days(1)}, "succ": {0, 0, days(1)},
		"prev_day": {0, 1, days(-1)},
		"-": {1, 1, func(c *call, v any) any {
			if other := instant(c.args[0]); other != nil {
				return between(*instant(v), *other, day)
			}
			return days(-1)(c, v)
		}},
		">>": {1, 1, months(1)}, "next_month": {0, 1, months(1)},
		"<<": {1, 1, months(-1)}, "prev_month": {0, 1, months(-1)},
		"to_s":  {0, 0, func(c *call, v any) any { return newString(c.m.text(c.at, v)) }},
		"cwday": {0, 0, func(_ *call, v any) any { return int64((instant(v).Weekday()+6)%7 + 1) }},
		"cweek": {0, 0, func(_ *call, v any) any {
			_, week := instant(v).ISOWeek()
			return int64(week)
		}},
	}
}

// monthsLater keeps the day, or takes the last one of a shorter month.
func (c *call) monthsLater(t time.Time, months int) time.Time {
	const most = 100_000
	if months > most || months < -most {
		c.fail(rangeError, "%d months is out of range", months)
	}
	moved := t.AddDate(0, months, 0)
	if moved.Day() != t.Day() {
		moved = moved.AddDate(0, 0, -moved.Day())
	}
	return moved
}

func dateTimeMethods() timeTable {
	return timeTable{
		"new_offset": {0, 1, func(_ *call, v any) any { return DateTime{instant(v).UTC()} }},
	}
}
