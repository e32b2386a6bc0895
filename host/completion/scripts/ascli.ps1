# Completion of ascli for PowerShell 5.1 and later. In $PROFILE:
#   ascli config completion script powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName 'ascli' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Each word has a "." in front: Windows PowerShell drops empty arguments.
    $words = @()
    $word = ''
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        $extent = $element.Extent
        if ($extent.StartOffset -ge $cursorPosition) { break }
        if ($extent.EndOffset -ge $cursorPosition) {
            $word = $extent.Text.Substring(0, $cursorPosition - $extent.StartOffset).TrimStart("'", '"')
            break
        }
        $isText = $element -is [System.Management.Automation.Language.StringConstantExpressionAst]
        $words += '.' + $(if ($isText) { $element.Value } else { $extent.Text })
    }
    $words += '.' + $word

    # A word that PowerShell would not take as it is stands in single quotes.
    function Get-Quoted($text) {
        if ($text -match '^@|[\s''"`$;&|(){}<>,#]') { "'" + $text.Replace("'", "''") + "'" } else { $text }
    }

    & ascli config completion words @words 2>$null | ForEach-Object {
        $text, $description = $_ -split "`t", 2
        if ($null -ne $description) {
            if (-not $description) { $description = $text }
            [System.Management.Automation.CompletionResult]::new((Get-Quoted $text), $text, 'ParameterValue', $description)
        } elseif ($text.StartsWith(':files ')) {
            $before = $text.Substring(7)
            $path = $word.Substring([Math]::Min($before.Length, $word.Length))
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($path) | ForEach-Object {
                $file = $before + $_.CompletionText.Trim("'")
                [System.Management.Automation.CompletionResult]::new((Get-Quoted $file), $_.ListItemText, $_.ResultType, $_.ToolTip)
            }
        }
    }
}
