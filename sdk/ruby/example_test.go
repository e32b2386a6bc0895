package ruby_test

import (
	"context"
	"fmt"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/ruby"
)

func ExampleInterpreter_Evaluate() {
	i := ruby.New(ruby.Env{})
	v, err := i.Evaluate(context.Background(), `{name: %w[a b].join("-"), size: 2**10}`)
	fmt.Println(string(record.JSON(v)), err)
	_, err = i.Evaluate(context.Background(), `while true; end`)
	fmt.Println(err)
	// Output:
	// {"name":"a-b","size":1024} <nil>
	// unsupported: while loop (line 1, column 1)
}

func ExampleProc_True() {
	v, err := ruby.New(ruby.Env{}).Evaluate(context.Background(), `->(f){f["name"].end_with?(".jpg")}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	filter := v.(*ruby.Proc)
	for _, name := range []string{"a.jpg", "b.txt"} {
		keep, err := filter.True(context.Background(), record.New("name", name))
		fmt.Println(name, keep, err)
	}
	// Output:
	// a.jpg true <nil>
	// b.txt false <nil>
}

func ExampleInterpreter_Render() {
	template := "<% files.each do |f| %>- <%= f %>\n<% end %><%= files.length %> files"
	text, err := ruby.New(ruby.Env{}).Render(context.Background(), template, map[string]any{"files": []any{"a", "b"}})
	fmt.Println(text, err)
	// Output:
	// - a
	// - b
	// 2 files <nil>
}
