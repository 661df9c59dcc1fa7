# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for memhp(8). memhp itself knows the words: `memhp --complete WHAT`.

# The words before the cursor that are no options and no values of options.
function __memhp_operands
    set -l skip 0
    set -l operands
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case --force
                contains -- "$operands[1]" probe page; and set skip 1
            case --sysroot --color --node --zone --valid-zone --state --device --driver --output --split --size --timeout --wait --svg --count --for --exec --exec-timeout -o -S -s -t
                set skip 1
            case '-*'
                string match -qr -- '^-[abhnrJP]+[oSst]$' $word; and set skip 1
            case '*'
                set -a operands $word
        end
    end
    set -q operands[1]; and printf '%s\n' $operands
end

# Asks memhp, which finds the --sysroot in what stands before the cursor.
function __memhp_words
    set -l words
    for word in (commandline -opc)
        if set -l home (string match -r -- '^~[A-Za-z0-9_.-]*' $word)
            set word (string replace -- $home '' $word)
            eval set home $home
            set word $home$word
        end
        set -a words $word
    end
    $words[1] --complete $argv -- $words[2..-1] 2>/dev/null
end

# The items before the last comma stay, and a + before the first.
function __memhp_list
    set -l word (commandline -ct | string replace -r -- '^(--[a-z-]+=|-[abhnrJP]*[oSs])' '')
    set -l before (string match -r -- '^(?:.*,|[+])' $word)
    test -n "$before"; or set before ''
    for word in (__memhp_words $argv)
        echo $before$word
    end
end

function __memhp_no_command
    test (count (__memhp_operands)) = 0
end

function __memhp_command
    set -l operands (__memhp_operands)
    test (count $operands) -gt 0; and contains -- $operands[1] $argv
end

function __memhp_policy_at
    set -l operands (__memhp_operands)
    test (count $operands) = $argv[1]; and test "$operands[1]" = policy
    and begin
        test (count $argv) = 1; or test "$operands[2]" = set
    end
end

# Is the first operand of the command due?
function __memhp_first_of
    set -l operands (__memhp_operands)
    test (count $operands) = 1; and test "$operands[1]" = $argv[1]
end

function __memhp_policy_values
    set -l operands (__memhp_operands)
    switch $operands[3]
        case auto-online
            printf '%s\n' offline online kernel movable
        case online-policy
            printf '%s\n' contig-zones auto-movable
        case auto-movable-numa-aware movable-gigantic-pages
            printf '%s\n' on off
    end
end

complete -c memhp -f
complete -c memhp -n __memhp_no_command -a '(__memhp_words commands)'
complete -c memhp -n '__memhp_command list explain map online offline remove monitor wait' -a '(__memhp_list blocks)'
complete -c memhp -n '__memhp_command list explain map online offline remove monitor wait' -a all -d 'all blocks'

complete -c memhp -s J -l json -d 'print one JSON document'
complete -c memhp -s s -l sysroot -x -a '(__fish_complete_directories)' -d 'work on the tree below DIR'
complete -c memhp -l color -x -a 'auto always never' -d 'when to use colours'
complete -c memhp -l verbose -d 'say more'
complete -c memhp -s h -l help -d 'show help'
complete -c memhp -n __memhp_no_command -l version -d 'show the version'

set -l filters __memhp_command list explain map online offline remove monitor wait
complete -c memhp -n "$filters" -l node -x -a '(__memhp_list nodes)' -d 'blocks of these nodes'
complete -c memhp -n '__memhp_command list explain map offline remove monitor wait' -l zone -x -a '(__memhp_list zones)' -d 'online blocks in these zones'
complete -c memhp -n "$filters" -l valid-zone -x -a '(__memhp_list zones)' -d 'blocks that these zones accept'
complete -c memhp -n '__memhp_command list explain map online offline remove monitor' -l state -x -a '(__memhp_list states)' -d 'blocks in these states'
complete -c memhp -n "$filters" -l device -x -a '(__memhp_list devices)' -d 'blocks of these devices'
complete -c memhp -n "$filters" -l driver -x -a '(__memhp_list drivers)' -d 'blocks of these drivers'

complete -c memhp -n '__memhp_command list devices explain' -s a -l all -d 'each by itself'
complete -c memhp -n '__memhp_command list devices' -s b -l bytes -d 'sizes in bytes'
complete -c memhp -n '__memhp_command list' -s n -l noheadings -d 'no heading line'
complete -c memhp -n '__memhp_command list' -s o -l output -x -a '(__memhp_list columns)' -d 'columns to print'
complete -c memhp -n '__memhp_command metrics' -s o -l output -r -F -d 'put them into FILE'
complete -c memhp -n '__memhp_command metrics' -l explain -d 'also what can go offline'
complete -c memhp -n '__memhp_command list' -l output-all -d 'all columns'
complete -c memhp -n '__memhp_command list' -s P -l pairs -d 'KEY="value" lines'
complete -c memhp -n '__memhp_command list' -s r -l raw -d 'plain lines'
complete -c memhp -n '__memhp_command list' -s S -l split -x -a '(__memhp_list columns) none' -d 'columns that start a new range'
complete -c memhp -n '__memhp_command list' -l summary -a 'never always only' -d 'when to print the summary'

complete -c memhp -n '__memhp_command online offline remove probe' -l size -x -d 'how much to change'
complete -c memhp -n '__memhp_command online offline remove probe page' -l dry-run -d 'change nothing'
complete -c memhp -n '__memhp_command online offline remove probe page' -s t -l timeout -x -d 'time limit of a block or page'
complete -c memhp -n '__memhp_command online offline remove probe' -l trace -F -d 'show the path of the kernel'
complete -c memhp -n '__memhp_command online offline remove' -l keep-going -d 'go on after timed-out blocks'
complete -c memhp -n '__memhp_command online offline remove probe policy page' -l wait -x -d 'wait for the lock'
complete -c memhp -n '__memhp_command online' -l zone -x -a 'default kernel movable' -d 'target zone'
complete -c memhp -n '__memhp_command online' -l rezone -d 'move online blocks to the target zone'
complete -c memhp -n '__memhp_command offline remove' -l force -a 'memory unmovable' -d 'pass a check'

complete -c memhp -n '__memhp_command explain' -l path -d 'the way of the kernel through an offline'
complete -c memhp -n '__memhp_command map' -l svg -r -F -d 'write a picture to FILE'
complete -c memhp -n '__memhp_command remove' -l whole-device -d 'also the other blocks of its device'
complete -c memhp -n '__memhp_command devices' -a '(__memhp_words devices)'
complete -c memhp -n '__memhp_command probe' -l device -x -a '(__memhp_words addable-devices)' -d 'add the memory of this device'
complete -c memhp -n '__memhp_command probe' -l online -a 'default kernel movable' -d 'bring it online'
complete -c memhp -n '__memhp_command probe' -l keep-policy -d 'never change auto-online'
complete -c memhp -n '__memhp_command probe' -l memmap-on-memory -d 's390: page descriptors in the memory itself'
complete -c memhp -n '__memhp_command probe' -l force -x -a 'address in-use' -d 'pass a check'

complete -c memhp -n '__memhp_command monitor' -l count -x -d 'end after N events'
complete -c memhp -n '__memhp_command monitor' -l for -x -d 'end after this time'
complete -c memhp -n '__memhp_command monitor' -l exec -r -d 'run a command for each event'
complete -c memhp -n '__memhp_command monitor' -l exec-timeout -x -d 'kill a command that takes longer'
complete -c memhp -n '__memhp_command wait' -l state -x -a '(__memhp_words states)' -d 'until all of it is in this state'
complete -c memhp -n '__memhp_command wait' -l present -d 'until all of it is there'
complete -c memhp -n '__memhp_command wait' -l absent -d 'until nothing of it is there'
complete -c memhp -n '__memhp_command wait' -l size -x -d 'until so much of it is as wanted'
complete -c memhp -n '__memhp_command wait' -s t -l timeout -x -d 'give up after this time'

complete -c memhp -n '__memhp_first_of help' -a '(__memhp_words commands)'
complete -c memhp -n '__memhp_first_of page' -a '(__memhp_words page-verbs)'
complete -c memhp -n '__memhp_command page' -l force -x -a kill -d 'hard-offline may kill'

complete -c memhp -n '__memhp_policy_at 1' -a set -d 'change a value'
complete -c memhp -n '__memhp_policy_at 1' -a unpersist -d 'forget the kept values'
complete -c memhp -n '__memhp_policy_at 2 set' -a '(__memhp_words policy-keys)'
complete -c memhp -n '__memhp_policy_at 3 set' -a '(__memhp_policy_values)'
complete -c memhp -n '__memhp_command policy' -l persist -d 'keep the value over a reboot'
