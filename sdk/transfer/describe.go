package transfer

import "strings"

// Describe tells what a field is: one idea a line, as schema help shows it
// (spec/cli.md 1.10).
func (f Field) Describe() string {
	lines := []string{f.Help}
	if f.Agents != "" && f.Agents != everyAgent {
		lines = append(lines, "("+strings.Join(f.Agents.letters(), ", ")+")")
	}
	return describe(lines, f.Values, f.Default)
}

// Describe tells what a parameter is, in the form of [Field.Describe].
func (p Parameter) Describe() string { return describe([]string{p.Help}, p.Values, p.Default) }

func describe(lines, values []string, fallback string) string {
	if len(values) > 0 {
		lines = append(lines, "Allowed values: "+strings.Join(values, ", ")+".")
	}
	if fallback != "" {
		lines = append(lines, "Default: "+fallback+".")
	}
	return strings.Join(lines, "\n")
}

// TypeNames names the types of a field, separated by commas.
func (f Field) TypeNames() string {
	names := make([]string, len(f.Types))
	for i, t := range f.Types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

// letters returns the agents of a set in the order of columns.
func (s AgentSet) letters() []string {
	var list []string
	for _, agent := range strings.Split(string(everyAgent), "") {
		if strings.Contains(string(s), agent) {
			list = append(list, agent)
		}
	}
	return list
}

// Has tells whether the agent is one of the set.
func (s AgentSet) Has(agent AgentInfo) bool {
	return agent.Letter != "" && strings.Contains(string(s), agent.Letter)
}
