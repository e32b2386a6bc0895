package record

// SetAt sets a member by its path, and makes the objects on the way: what else
// stands there is replaced.
func (o *Object) SetAt(v any, path ...string) {
	for _, key := range path[:len(path)-1] {
		inner := o.Object(key)
		if inner == nil {
			inner = New()
			o.Set(key, inner)
		}
		o = inner
	}
	o.Set(path[len(path)-1], v)
}
