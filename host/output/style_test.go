package output_test

import (
	"testing"

	"github.com/ascli-go/ascli/host/output"
)

const (
	rowA = `{"id":1,"name":"a"}`
	rowB = `{"id":2,"name":"b"}`
)

func TestBorders(t *testing.T) {
	rows := []string{rowA, rowB}
	border := func(name string) func(*output.Settings) {
		return styled("table", `{"border":"`+name+`","all_separators":true}`)
	}
	play(t, []scene{
		{"ascii", list(), styled("table", `{"all_separators":true}`), rows, `
+----+------+
| id | name |
+----+------+
| 1  | a    |
+----+------+
| 2  | b    |
+----+------+
`},
		{"unicode", list(), border("unicode"), rows, `
┌────┬──────┐
│ id │ name │
╞════╪══════╡
│ 1  │ a    │
├────┼──────┤
│ 2  │ b    │
└────┴──────┘
`},
		{"unicode_round", list(), border("unicode_round"), rows, `
╭────┬──────╮
│ id │ name │
╞════╪══════╡
│ 1  │ a    │
├────┼──────┤
│ 2  │ b    │
╰────┴──────╯
`},
		{"unicode_thick_edge", list(), border("unicode_thick_edge"), rows, `
┏━━━━┯━━━━━━┓
┃ id │ name ┃
┣════╪══════┫
┃ 1  │ a    ┃
┠────┼──────┨
┃ 2  │ b    ┃
┗━━━━┷━━━━━━┛
`},
		{"markdown", list(), styled("table", `{"border":":markdown"}`), rows, `
| id | name |
|----|------|
| 1  | a    |
| 2  | b    |
`},
		{"no rows in unicode", one(output.SingleObject), styled("table", `{"border":"unicode"}`), []string{`{}`}, `
┌───────┬───────┐
│ field │ value │
╞═══════╧═══════╡
└───────────────┘
`},
	})
}

func TestTableStyle(t *testing.T) {
	rows := []string{rowA}
	play(t, []scene{
		{"characters", list(), styled("table", `{"border_x":"=","border_y":"!","border_i":"x"}`), rows, `
x====x======x
! id ! name !
x====x======x
! 1  ! a    !
x====x======x
`},
		{"characters between unicode rows", list(),
			styled("table", `{"border":"unicode","border_x":"~","border_y":":","border_i":"*","all_separators":true}`), []string{rowA, rowB}, `
┌────┬──────┐
│ id : name │
╞════╪══════╡
│ 1  : a    │
├~~~~*~~~~~~┤
│ 2  : b    │
└────┴──────┘
`},
		{"no edges", list(), styled("table", `{"border_top":false,"border_bottom":false,"border_left":false,"border_right":false}`), rows,
			" id | name\n----+------\n 1  | a\n"},
		{"padding and margin", list(), styled("table", `{"padding_left":0,"padding_right":2,"margin_left":"> "}`), rows, `
> +----+------+
> |id  |name  |
> +----+------+
> |1   |a     |
> +----+------+
`},
		{"right", list(), styled("table", `{"alignment":"right"}`), rows, `
+----+------+
| id | name |
+----+------+
|  1 |    a |
+----+------+
`},
		{"center", list(), styled("table", `{"alignment":":center"}`), rows, `
+----+------+
| id | name |
+----+------+
| 1  |  a   |
+----+------+
`},
		{"width in equal shares", list(), styled("table", `{"width":20}`), rows, `
+---------+--------+
| id      | name   |
+---------+--------+
| 1       | a      |
+---------+--------+
`},
	})
}

func TestWidthFollowsNeeds(t *testing.T) {
	play(t, []scene{
		{"left needs more", list(), styled("table", `{"width":26}`), []string{`{"id":"123456789012","n":"a"}`}, `
+--------------+---------+
| id           | n       |
+--------------+---------+
| 123456789012 | a       |
+--------------+---------+
`},
		{"right needs more", list(), styled("table", `{"width":26}`), []string{`{"n":"a","id":"123456789012"}`}, `
+---------+--------------+
| n       | id           |
+---------+--------------+
| a       | 123456789012 |
+---------+--------------+
`},
	})
}

func TestMultiSingle(t *testing.T) {
	row := `{"user":{"id":1,"name":"foo"},"project":"bar"}`
	upright := `
+-----------+-------+
| field     | value |
+-----------+-------+
| user.id   | 1     |
| user.name | foo   |
| project   | bar   |
+-----------+-------+
`
	multi := func(value string) func(*output.Settings) {
		return func(s *output.Settings) { s.MultiSingle = value }
	}
	play(t, []scene{
		{"no", list(), multi("no"), []string{row}, `
+---------+-----------+---------+
| user.id | user.name | project |
+---------+-----------+---------+
| 1       | foo       | bar     |
+---------+-----------+---------+
`},
		{"yes", list(), multi("yes"), []string{row}, upright},
		{"single, one object", list(), multi("single"), []string{row}, upright},
		{"single object", one(output.SingleObject), multi("single"), []string{row}, upright},
		{"single, two objects", list(), multi("single"), []string{rowA, rowB}, `
+----+------+
| id | name |
+----+------+
| 1  | a    |
| 2  | b    |
+----+------+
`},
		{"yes, all columns of all objects", list(), multi("yes"), []string{rowA, `{"id":2,"more":"b"}`}, `
+-------+-------+
| field | value |
+-------+-------+
| id    | 1     |
| name  | a     |
| more  |       |
+-------+-------+
+-------+-------+
| field | value |
+-------+-------+
| id    | 2     |
| name  |       |
| more  | b     |
+-------+-------+
`},
	})
}

func TestRoundBorderOnUnicodeTerminal(t *testing.T) {
	unicode := func(s *output.Settings) { s.Terminal, s.Unicode = true, true }
	play(t, []scene{
		{"default", list(), unicode, []string{rowA}, `
╭────┬──────╮
│ id │ name │
╞════╪══════╡
│ 1  │ a    │
╰────┴──────╯
`},
		{"any style replaces it", list(), func(s *output.Settings) {
			unicode(s)
			s.TableStyle = parseObject(`{"padding_left":1}`)
		}, []string{rowA}, `
+----+------+
| id | name |
+----+------+
| 1  | a    |
+----+------+
`},
	})
}
