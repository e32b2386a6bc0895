// Package ruby evaluates the Ruby expressions that users of ascli write in
// @ruby: values, in the options fields, select and log_format, and in mail
// templates (spec/cli.md 4.6 and 4.7).
//
// It is a subset: expressions, local variables, if and unless, blocks and
// lambdas, and the methods of text, numbers, lists, hashes and dates. What is
// left out on purpose, such as loops, classes, processes and writing files, is an
// error that names the construct and its place.
//
// An expression cannot run away: steps, memory, nesting and recursion are
// bounded, and a context stops evaluation.
//
// A source text goes through three stages: the lexer cuts it into tokens, the
// parser makes a tree of nodes in which every local variable has its place, and
// a machine evaluates the tree. Inside the package a failure unwinds by a panic
// with an [*Error], as in text/template; the exported functions turn it into
// their error.
package ruby
