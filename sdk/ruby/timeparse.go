package ruby

import (
	"strconv"
	"strings"
	"time"
)

// timeLayouts are the forms of dates and times that parse understands; blanks
// stand for "T" too.
func timeLayouts() []string {
	var layouts []string
	for _, day := range []string{isoDay, "2006/01/02", "20060102"} {
		for _, clock := range []string{"15:04:05", "15:04", "150405"} {
			for _, zone := range []string{"Z07:00", "Z0700", "Z07", " Z07:00", " Z0700", ""} {
				layouts = append(layouts, day+" "+clock+zone)
			}
		}
		layouts = append(layouts, day)
	}
	return append(layouts, time.RFC1123Z, "Mon, 02 Jan 2006 15:04:05", "Monday, 02-Jan-06 15:04:05", time.ANSIC,
		"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006",
		"Jan 2 2006 15:04:05", "Jan 2 2006", "Jan 2, 2006", "January 2, 2006", "2 January 2006", "2006-01", "2006-002")
}

// parseTime reads a date or time; without a zone it is in the given one.
func (c *call) parseTime(text string, location *time.Location) time.Time {
	text = strings.TrimSpace(text)
	const longest = 128
	if len(text) > longest {
		c.fail(argumentError, "invalid date: a text of %d bytes", len(text))
	}
	normal := strings.TrimSuffix(strings.TrimSuffix(text, " UTC"), " GMT")
	if normal != text {
		location = time.UTC
	}
	for _, day := range []string{isoDay, "20060102"} {
		if at := len(day); len(normal) > at && (normal[at] == 'T' || normal[at] == 't') {
			normal = normal[:at] + " " + normal[at+1:]
		}
	}
	for _, layout := range timeLayouts() {
		if t, err := time.ParseInLocation(layout, normal, location); err == nil {
			return t
		}
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.ParseInLocation(layout, normal, location); err == nil {
			now := c.now().In(location)
			return time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, location)
		}
	}
	c.fail(argumentError, "invalid date: %s", inspectText(text))
	return time.Time{}
}

// strptime reads a time by a format of % directives.
func (c *call) strptime(text, format string, location *time.Location) time.Time {
	layout := ""
	for {
		before, after, found := strings.Cut(format, "%")
		layout += before
		if !found {
			break
		}
		d, size := readTimeDirective(after)
		part := strptimeLayout(d.letter)
		if part == "" {
			if d.letter == 's' && layout == "" && len(after) == size {
				return c.epoch(text, location)
			}
			c.fail(notImplemented, "unsupported: %%%c in strptime", d.letter)
		}
		layout += part
		format = after[size:]
	}
	t, err := time.ParseInLocation(layout, text, location)
	if err != nil {
		c.fail(argumentError, "invalid date: %s does not match %s", inspectText(text), inspectText(c.str(1)))
	}
	return t
}

func (c *call) epoch(text string, location *time.Location) time.Time {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		c.fail(argumentError, "invalid date: %s is no number of seconds", inspectText(text))
	}
	return time.Unix(seconds, 0).In(location)
}

// strptimeLayout is the layout of package time for a directive; "" for one
// that it has no means for.
func strptimeLayout(letter byte) string {
	if layout := timeLayout(letter); layout != "" {
		return layout
	}
	return map[byte]string{
		'Y': "2006", 'y': "06", 'm': "1", 'd': "2", 'e': "_2", 'j': "002", 'H': "15", 'I': "3", 'M': "4", 'S': "5",
		'L': "000", 'N': "000000000", 'p': "PM", 'P': "pm", 'z': "Z0700", '%': "%", 'n': "\n", 't': "\t",
	}[letter]
}

// timeModules are the functions of Time, Date and DateTime.
func timeModules() map[string]map[string]method {
	parse := func(make func(t time.Time) any, location func(c *call) *time.Location) method {
		return method{1, 2, func(c *call) any { return make(c.parseTime(c.str(0), location(c))) }}
	}
	scan := func(make func(t time.Time) any, location func(c *call) *time.Location) method {
		return method{2, 2, func(c *call) any { return make(c.strptime(c.str(0), c.str(1), location(c))) }}
	}
	local := func(c *call) *time.Location { return c.m.world.env.Location }
	utc := func(*call) *time.Location { return time.UTC }
	asTime := func(t time.Time) any { return Time{t} }
	asDate := func(t time.Time) any { return dateOf(t) }
	asDateTime := func(t time.Time) any { return DateTime{t} }
	build := func(make func(t time.Time) any, location func(c *call) *time.Location) method {
		return method{1, 7, func(c *call) any { return make(c.builtTime(location(c))) }}
	}
	newTime := method{0, 7, func(c *call) any {
		if len(c.args) == 0 {
			return Time{c.now()}
		}
		return Time{c.builtTime(local(c))}
	}}
	return map[string]map[string]method{
		"Time": {
			"now": {0, 0, func(c *call) any { return Time{c.now()} }},
			"new": newTime, "local": build(asTime, local), "mktime": build(asTime, local),
			"utc": build(asTime, utc), "gm": build(asTime, utc),
			"at":    {1, 1, func(c *call) any { return Time{c.later(time.Unix(0, 0).In(local(c)), c.args[0], time.Second, 1)} }},
			"parse": parse(asTime, local), "iso8601": parse(asTime, local), "xmlschema": parse(asTime, local),
			"rfc2822": parse(asTime, local), "httpdate": parse(asTime, utc), "strptime": scan(asTime, local),
		},
		"Date": {
			"today": {0, 0, func(c *call) any { return dateOf(c.now()) }},
			"new":   build(asDate, utc), "civil": build(asDate, utc),
			"parse": parse(asDate, utc), "iso8601": parse(asDate, utc), "strptime": scan(asDate, utc),
		},
		"DateTime": {
			"now": {0, 0, func(c *call) any { return DateTime{c.now()} }},
			"new": build(asDateTime, utc), "civil": build(asDateTime, utc),
			"parse": parse(asDateTime, utc), "iso8601": parse(asDateTime, utc), "strptime": scan(asDateTime, utc),
		},
	}
}

// builtTime makes a time of year, month, day, hour, minute, second and, for
// Time.new, an offset such as "+01:00".
func (c *call) builtTime(location *time.Location) time.Time {
	if len(c.args) > 6 {
		zone, err := time.Parse("-07:00", c.str(6))
		if err != nil {
			c.fail(argumentError, "\"+HH:MM\" or \"-HH:MM\" expected for utc_offset: %s", inspectText(c.str(6)))
		}
		location = zone.Location()
		c.args = c.args[:6]
	}
	parts := [6]int{0, 1, 1}
	for i := range c.args {
		parts[i] = c.int(i, 0)
	}
	const lastYear = 999_999
	t := time.Date(min(max(parts[0], -lastYear), lastYear), time.Month(parts[1]), parts[2], parts[3], parts[4], parts[5], 0, location)
	if t.Year() != parts[0] || int(t.Month()) != parts[1] || t.Day() != parts[2] {
		c.fail(argumentError, "argument out of range: no such date")
	}
	return t
}
