package transfer

// Parameter is a key of option transfer_info that an agent knows.
type Parameter struct {
	// Name has a dot where the value of a key is an object with keys of its own.
	Name string
	Type Type
	// Values are those of an enumeration, Default is what holds without the key.
	Values  []string
	Default string
	Help    string
}

// Parameters returns the keys of an agent, none for those that have none or are
// unknown (spec/transfer.md 8.1, 9.1, 11, 12.1).
func Parameters(agent string) []Parameter {
	switch agent {
	case AgentDirect:
		return append(directParameters(), resumeParameters()...)
	case AgentTransferd:
		return transferdParameters()
	case AgentNode:
		return nodeParameters()
	case AgentHTTPGW:
		return gatewayParameters()
	case AgentSFTP:
		return append(sftpParameters(), resumeParameters()...)
	}
	return nil
}

func directParameters() []Parameter {
	return []Parameter{
		{Name: "ascp_args", Type: TypeArray, Default: "[]", Help: "Arguments of ascp after those that come from the transfer spec."},
		{Name: "wss", Type: TypeBool, Default: "true", Help: "Use the WebSocket session where the server has one."},
		{Name: "quiet", Type: TypeBool, Default: "true", Help: "ascp shows no progress of its own."},
		{Name: "trusted_certs", Type: TypeArray, Default: "those of option cert_stores", Help: "Files of certificates for WebSocket sessions; null: those of ascp."},
		{Name: "client_ssh_key", Type: TypeString, Values: []string{"rsa", "dsa_rsa", "per_client"}, Default: "rsa", Help: "Keys that go with a token."},
		{Name: "spawn_timeout_sec", Type: TypeNumber, Default: "2", Help: "Seconds that ascp has to connect to its management port."},
		{Name: "spawn_delay_sec", Type: TypeNumber, Default: "2", Help: "Seconds between the starts of the sessions of a multi-session."},
		{Name: "multi_incr_udp", Type: TypeBool, Default: "true on Windows, else false", Help: "Each session has a UDP port of its own, counted from fasp_port."},
		{Name: "monitor", Type: TypeBool, Default: "true", Help: "Follow ascp on its management port; without, there is no progress, and the exit status decides."},
		{Name: "file_list", Type: TypeBool, Default: "true", Help: "Give the sources in a file; else on the command line, as file: sources need."},
	}
}

func resumeParameters() []Parameter {
	return []Parameter{
		{Name: "resume.iter_max", Type: TypeInt, Default: "7", Help: "Retries after a retryable error."},
		{Name: "resume.sleep_initial", Type: TypeInt, Default: "2", Help: "Seconds before the first retry."},
		{Name: "resume.sleep_factor", Type: TypeInt, Default: "2", Help: "Each wait is so many times the one before."},
		{Name: "resume.sleep_max", Type: TypeInt, Default: "60", Help: "The longest wait, seconds."},
	}
}

func transferdParameters() []Parameter {
	return []Parameter{
		{Name: "url", Type: TypeString, Default: ":0", Help: "Address of the daemon, <ip>:<port>; :<port> is on this machine, port 0 starts one on a free port."},
		{Name: "start", Type: TypeBool, Default: "true", Help: "Start a daemon if none answers."},
		{Name: "stop", Type: TypeBool, Default: "true", Help: "Stop the daemon at the end, if it was started."},
		{Name: "external", Type: TypeBool, Default: "false", Help: "Former opposite of start."},
		{Name: "keep", Type: TypeBool, Default: "false", Help: "Former opposite of stop."},
	}
}

func sftpParameters() []Parameter {
	return []Parameter{
		{Name: "connections", Type: TypeInt, Default: "2", Help: "SSH connections side by side, 16 at most."},
		{Name: "files", Type: TypeInt, Default: "32", Help: "Files under way at a time, 256 at most."},
		{Name: "host_check", Type: TypeString, Values: []string{"strict", "accept-new", "any"}, Default: "strict", Help: "What to do with a server that is not known; field sshfp of the transfer spec decides alone."},
		{Name: "known_hosts", Type: TypeArray, Default: "those of ssh", Help: "Files of known servers; the first one takes new ones."},
		{Name: "ssh_agent", Type: TypeBool, Default: "true without password and key", Help: "Use the keys of the ssh-agent."},
		{Name: "connect_timeout", Type: TypeNumber, Default: "15", Help: "Seconds to connect and log in."},
		{Name: "keepalive", Type: TypeNumber, Default: "15", Help: "Seconds of silence after which the server is asked whether it is there."},
	}
}

func nodeParameters() []Parameter {
	return []Parameter{
		{Name: InfoURL, Type: TypeString, Default: "default preset of node", Help: "Base URL of the Node API."},
		{Name: InfoUsername, Type: TypeString, Help: "Node user or access key."},
		{Name: InfoPassword, Type: TypeString, Help: "Its password or secret, or a bearer token: \"Bearer ...\"."},
		{Name: InfoRootID, Type: TypeString, Help: "File id of the root folder, with a bearer token."},
	}
}

func gatewayParameters() []Parameter {
	return []Parameter{
		{Name: InfoURL, Type: TypeString, Default: "that of the application, if it has one", Help: "URL of the gateway."},
		{Name: "api_version", Type: TypeString, Values: []string{"v1", "v2"}, Default: "v2", Help: "Protocol for uploads."},
		{Name: "upload_chunk_size", Type: TypeInt, Default: "64000", Help: "Bytes of a message."},
		{Name: "synchronous", Type: TypeBool, Default: "false", Help: "Wait for the acknowledgement of each message."},
	}
}
