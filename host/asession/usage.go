package asession

// usage is printed to standard error (spec/management.md 9.2).
const usage = `USAGE
    asession
    asession -h|--help
    asession <session spec extended value>

    Runs one transfer with ascp. Events of ascp are lines of JSON on standard
    output, commands to it lines of JSON on standard input.
    Without argument: @json:@stdin:

ARGUMENT
    A Hash, for example
        @json:'{"spec":{...}}'   on the command line
        @json:@stdin:            from standard input, to its end; no commands then
        @json:@file:<path>       from a file
    with the keys
        spec              mandatory: the transfer spec
        agent             parameters of the transfer agent direct, e.g. ascp_args
        loglevel          log level; the log is on standard error
        file_list_folder  folder for lists of files; default: a temporary one
        sdk               folder of ascp; default: ~/.aspera/sdk

COMMANDS
    One line each. Keep standard input open until the transfer has ended.
        {"type":"START","source":"/aspera-test-dir-tiny/200KB.2"}
        {"type":"START","source":"xx","destination":"yy"}
        {"type":"DONE"}

EXIT STATUS
    0    all sessions have ended: the last event DONE or ERROR tells how
    1    the transfer was not started, or was stopped by the end of standard
         input or a wrong command, or failed without an event that tells so
    130  interrupted

EXAMPLES
    asession @json:'{"spec":{"remote_host":"demo.asperasoft.com","remote_user":"asperaweb","ssh_port":33001,"remote_password":"demoaspera","direction":"receive","destination_root":"./test.dir","paths":[{"source":"/aspera-test-dir-tiny/200KB.1"}]}}'
    echo '{"spec":{"remote_host":...}}' | asession @json:@stdin
`
