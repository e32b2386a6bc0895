package ruby

import "maps"

// method is a built-in method. It takes from least to most arguments; -1 is no
// upper limit.
type method struct {
	least, most int
	run         func(c *call) any
}

// typed is a method of values of type T.
type typed[T any] struct {
	least, most int
	run         func(c *call, self T) any
}

// class holds the methods of a kind of values, inherited ones included.
type class map[string]method

// derive makes a class of the methods of another one and those of tables.
func derive[T any](parent class, tables ...map[string]typed[T]) class {
	c := class{}
	maps.Copy(c, parent)
	for _, table := range tables {
		for name, m := range table {
			c[name] = method{m.least, m.most, func(c *call) any {
				// The kind of the value has led here, so that its type is T; for
				// nil, T is any and the assertion gives nil.
				self, _ := c.self.(T)
				return m.run(c, self)
			}}
		}
	}
	return c
}

// library holds all methods. It does not change once it is made.
type library struct {
	classes [kinds]class
	// modules holds the functions of modules such as File.
	modules map[string]class
}

func newLibrary() *library {
	object := derive(nil, objectMethods())
	numeric := derive(object, comparableMethods(), numericMethods())
	comparable := derive(object, comparableMethods())
	enumerable := derive(object, enumerableQueries(), enumerableTransforms(), enumerableOrder())
	date := derive(comparable, timeParts(), dateMethods())
	return &library{
		modules: moduleFunctions(derive(object, moduleMethods())),
		classes: [kinds]class{
			nullKind:    derive(object, nullMethods()),
			trueKind:    derive(object, booleanMethods()),
			falseKind:   derive(object, booleanMethods()),
			integerKind: derive(numeric, integerMethods()),
			floatKind:   derive(numeric, floatMethods()),
			stringKind: derive(comparable, stringQueries(), stringParts(), stringChanges(), stringEdits(stringChanges()),
				stringSearches(), stringConversions()),
			symbolKind:      derive(comparable, symbolMethods()),
			arrayKind:       derive(enumerable, arrayAccess(), arrayChanges(), arrayOperators()),
			hashKind:        derive(enumerable, hashAccess(), hashTransforms()),
			rangeKind:       derive(enumerable, rangeMethods()),
			regexpKind:      derive(object, patternMethods()),
			matchKind:       derive(object, matchMethods()),
			procKind:        derive(object, procMethods()),
			timeKind:        derive(comparable, timeParts(), timeMethods()),
			dateKind:        date,
			dateTimeKind:    derive(date, dateTimeMethods()),
			environmentKind: derive(object, environmentMethods()),
			inputKind:       derive(object, inputMethods()),
			outputKind:      derive(object, outputMethods()),
			loggerKind:      derive(object, loggerMethods()),
			moduleKind:      derive(object, moduleMethods()),
			mainKind:        derive(object, kernelFunctions()),
		},
	}
}

// find returns a method of a value.
func (l *library) find(v any, name string) (method, bool) {
	methods := l.classes[kindOf(v)]
	if m, ok := v.(module); ok && l.modules[string(m)] != nil {
		methods = l.modules[string(m)]
	}
	found, ok := methods[name]
	return found, ok
}
