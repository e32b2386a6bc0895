package ruby

import "math/big"

// kind tells the values apart that have methods of their own.
type kind uint8

const (
	nullKind kind = iota
	trueKind
	falseKind
	integerKind
	floatKind
	stringKind
	symbolKind
	arrayKind
	hashKind
	rangeKind
	regexpKind
	matchKind
	procKind
	timeKind
	dateKind
	dateTimeKind
	environmentKind
	inputKind
	outputKind
	loggerKind
	moduleKind
	mainKind
	kinds
)

func kindOf(v any) kind {
	switch v := v.(type) {
	case nil:
		return nullKind
	case bool:
		if v {
			return trueKind
		}
		return falseKind
	case int64, *big.Int:
		return integerKind
	case float64:
		return floatKind
	case *String:
		return stringKind
	case Symbol:
		return symbolKind
	case *Array:
		return arrayKind
	case *Hash:
		return hashKind
	case *Range:
		return rangeKind
	case *Regexp:
		return regexpKind
	case *MatchData:
		return matchKind
	case *closure:
		return procKind
	case module:
		return moduleKind
	}
	return rarerKindOf(v)
}

func rarerKindOf(v any) kind {
	switch v.(type) {
	case Time:
		return timeKind
	case Date:
		return dateKind
	case DateTime:
		return dateTimeKind
	case environment:
		return environmentKind
	case inputStream:
		return inputKind
	case outputStream:
		return outputKind
	case logger:
		return loggerKind
	}
	return mainKind
}

// className is the name of a value's class.
func className(v any) string {
	return [kinds]string{
		"NilClass", "TrueClass", "FalseClass", "Integer", "Float", "String", "Symbol", "Array", "Hash", "Range", "Regexp",
		"MatchData", "Proc", "Time", "Date", "DateTime", "Object", "IO", "IO", "Logger", "Class", "Object",
	}[kindOf(v)]
}
