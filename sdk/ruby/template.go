package ruby

import "strings"

// parseTemplate parses an ERB template whose code has the given local variables.
func parseTemplate(template string, variables []string) *program {
	return newParser(&lexer{source: template, template: true}, variables).program()
}

// prose reads the text of a template up to the next tag, or that tag's opening.
func (l *lexer) prose() token {
	t := token{kind: prose, at: l.at}
	if t.text = l.textBeforeTag(); t.text != "" || l.at >= len(l.source) {
		if t.text == "" {
			t.kind = endOfText
		}
		t.end = l.at
		return t
	}
	l.inTag = true
	if l.byte(2) == '=' {
		l.at += len("<%=")
		return token{kind: insertion, text: "<%=", at: t.at, end: l.at}
	}
	l.at += len("<%")
	return l.next(expectValue)
}

func (l *lexer) textBeforeTag() string {
	var b strings.Builder
	for {
		before, _, found := strings.Cut(l.rest(), "<%")
		b.WriteString(before)
		l.at += len(before)
		switch {
		case found && l.byte(2) == '%':
			b.WriteString("<%")
			l.at += len("<%%")
		case found && l.byte(2) == '#':
			l.skipTagComment()
		default:
			return b.String()
		}
	}
}

func (l *lexer) skipTagComment() {
	comment, _, closed := strings.Cut(l.rest(), "%>")
	if !closed {
		l.fail(l.at, "the tag <%%# has no end")
	}
	l.at += len(comment) + len("%>")
}

// insertion parses the tag <%= of a template.
func (p *parser) insertion() node {
	at := p.here()
	p.advance()
	n := &insertionNode{at: at, value: p.statement()}
	if p.tok.kind != lineEnd || p.tok.text != "%>" {
		p.unexpected("'%>'")
	}
	return n
}

// proseNode is text of a template.
type proseNode struct{ text string }

func (n *proseNode) eval(m *machine, _ *frame) any {
	m.spendBytes(len(n.text))
	m.rendered.WriteString(n.text)
	return nil
}

// insertionNode is <%= value %> of a template.
type insertionNode struct {
	at    place
	value node
}

func (n *insertionNode) eval(m *machine, f *frame) any {
	text := m.text(n.at, m.eval(n.value, f))
	m.spendBytes(len(text))
	m.rendered.WriteString(text)
	return nil
}
