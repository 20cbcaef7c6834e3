import type { Language } from './said.ts';
import { ENGLISH_WORDS } from './words-english.ts';
import { RUSSIAN_WORDS } from './words-russian.ts';

/**
 * What each built-in prompt says, in Russian and in English. Those with a dash at the end are followed by what `say` makes of
 * a value: "you are number", "twenty two", "in the queue".
 */
const PROMPTS: Readonly<Record<string, readonly [ru: string, en: string]>> = {
  greeting: ['Здравствуйте! Вы позвонили в нашу компанию.', 'Hello! Thank you for calling.'],
  'main-menu': [
    'Для соединения с отделом продаж нажмите один. Чтобы соединиться с сотрудником, наберите его внутренний номер. Или дождитесь ответа оператора.',
    'For sales, press one. If you know the extension, dial it now. Or hold the line for an operator.',
  ],
  closed: [
    'К сожалению, сейчас мы не работаем. Пожалуйста, перезвоните в рабочее время.',
    'Sorry, we are closed now. Please call again during working hours.',
  ],
  'call-is-recorded': ['Разговор записывается.', 'This call is recorded.'],
  'please-wait': ['Пожалуйста, подождите. Соединяю.', 'Please wait, connecting you now.'],
  unavailable: ['Абонент сейчас не может ответить.', 'The person you are calling is not available.'],
  busy: ['Абонент сейчас разговаривает.', 'The person you are calling is on another call.'],
  'no-such-number': ['Набран несуществующий номер.', 'The number that you have dialled does not exist.'],
  'call-not-allowed': ['Звонок на этот номер запрещён.', 'Calls to this number are not allowed.'],
  'try-later': ['Пожалуйста, позвоните позже.', 'Please call again later.'],
  'wrong-choice': ['Такого пункта нет.', 'There is no such choice.'],
  'nothing-chosen': ['Вы ничего не выбрали.', 'Nothing was chosen.'],
  'enter-extension': ['Введите внутренний номер.', 'Please enter the extension.'],
  goodbye: ['До свидания!', 'Goodbye!'],
  'queue-all-busy': [
    'Все операторы сейчас заняты. Пожалуйста, оставайтесь на линии.',
    'All our operators are busy. Please stay on the line.',
  ],
  'queue-you-are-': ['Вы', 'You are number'],
  'queue-in-line': ['в очереди.', 'in the queue.'],
  'queue-you-are-next': ['Вам ответит первый освободившийся оператор.', 'You are next. An operator will answer soon.'],
  'queue-wait-is-about-': ['Примерное время ожидания:', 'The wait is about'],
  'queue-wait-is-short': ['Время ожидания меньше минуты.', 'The wait is less than a minute.'],
  'queue-full': ['Очередь заполнена. Пожалуйста, позвоните позже.', 'The queue is full. Please call again later.'],
  'queue-press-one-to-leave': [
    'Чтобы не ждать, нажмите один, и мы вам перезвоним.',
    'Rather than wait, press one, and we will call you back.',
  ],
  'leave-message': [
    'Оставьте сообщение после сигнала. Чтобы закончить, положите трубку или нажмите решётку.',
    'Please leave a message after the tone. To finish, hang up or press hash.',
  ],
  'message-saved': ['Сообщение сохранено.', 'Your message was saved.'],
  'message-too-short': ['Сообщение слишком короткое.', 'Your message is too short.'],
  'mailbox-full': ['Почтовый ящик переполнен.', 'The mailbox is full.'],
  'no-messages': ['У вас нет новых сообщений.', 'You have no new messages.'],
  'new-messages-': ['Новых сообщений:', 'New messages:'],
  'old-messages-': ['Прослушанных сообщений:', 'Old messages:'],
  'mailbox-empty': ['В почтовом ящике нет сообщений.', 'Your mailbox is empty.'],
  'no-recording-now': ['Сейчас оставить сообщение нельзя.', 'No message can be left now.'],
  'message-review': [
    'Чтобы сохранить сообщение, нажмите один. Прослушать, два. Записать заново, три. Отметить как срочное, четыре.',
    'To keep your message, press one. To hear it, two. To record it again, three. To mark it as urgent, four.',
  ],
  'message-urgent': ['Сообщение срочное.', 'The message is urgent.'],
  'message-not-urgent': ['Сообщение не срочное.', 'The message is not urgent.'],
  'message-from-': ['Сообщение с номера', 'Message from'],
  'message-from-hidden': ['Сообщение со скрытого номера.', 'Message from a hidden number.'],
  today: ['Сегодня', 'Today'],
  yesterday: ['Вчера', 'Yesterday'],
  'mailbox-menu': [
    'Чтобы прослушать сообщения, нажмите один. Приветствие, два. Сменить пин-код, три. Закончить, решётка.',
    'To hear your messages, press one. For your greeting, two. To change your PIN, three. To end, hash.',
  ],
  'message-menu': [
    'Предыдущее, четыре. Повторить, пять. Следующее, шесть. Удалить или восстановить, семь. Переслать, восемь. Сохранить, девять. Перезвонить, два.',
    'Previous, four. Repeat, five. Next, six. Delete or restore, seven. Forward, eight. Save, nine. Call back, two.',
  ],
  'message-deleted': ['Сообщение удалено.', 'Message deleted.'],
  'message-restored': ['Сообщение восстановлено.', 'Message restored.'],
  'message-forwarded': ['Сообщение переслано.', 'Message forwarded.'],
  'no-more-messages': ['Больше сообщений нет.', 'There are no more messages.'],
  'enter-mailbox': [
    'Введите номер почтового ящика и нажмите решётку.',
    'Please enter the number of the mailbox and press hash.',
  ],
  'no-such-mailbox': ['Такого почтового ящика нет.', 'There is no such mailbox.'],
  'greeting-menu': [
    'Чтобы записать приветствие, нажмите один. Прослушать, два. Вернуть стандартное, три.',
    'To record your greeting, press one. To hear it, two. To go back to the standard one, three.',
  ],
  'record-greeting': [
    'Говорите после сигнала. В конце нажмите решётку.',
    'Please speak after the tone. Press hash when you have finished.',
  ],
  'greeting-review': [
    'Чтобы сохранить, нажмите один. Прослушать, два. Записать заново, три.',
    'To keep it, press one. To hear it, two. To record it again, three.',
  ],
  'greeting-saved': ['Приветствие сохранено.', 'Your greeting was saved.'],
  'greeting-standard': ['Включено стандартное приветствие.', 'The standard greeting is on.'],
  'new-pin': [
    'Введите новый пин-код, от четырёх до двенадцати цифр, и нажмите решётку.',
    'Please enter a new PIN of four to twelve digits and press hash.',
  ],
  'repeat-pin': ['Введите его ещё раз и нажмите решётку.', 'Please enter it again and press hash.'],
  'pins-differ': ['Пин-коды не совпадают.', 'The two were not the same.'],
  'pin-not-good': ['Такой пин-код не подходит.', 'That PIN will not do.'],
  'pin-changed': ['Пин-код изменён.', 'Your PIN was changed.'],
  'pin-not-set': [
    'Пин-код ещё не задан. Задайте его со своего телефона.',
    'There is no PIN yet. Please set it from your own phone.',
  ],
  'too-many-guesses': [
    'Слишком много неверных попыток. Пожалуйста, позвоните позже.',
    'There were too many wrong attempts. Please call again later.',
  ],
  'no-calling-back': ['Перезвонить этому абоненту нельзя.', 'That caller can not be called back.'],
  'enter-pin': ['Введите пин-код и нажмите решётку.', 'Please enter your PIN and press hash.'],
  'wrong-pin': ['Неверный пин-код.', 'That PIN is wrong.'],
  'conference-welcome': ['Вы вошли в конференцию.', 'You have joined the conference.'],
  'conference-first': [
    'Вы первый участник. Пожалуйста, подождите остальных.',
    'You are the first here. Please wait for the others.',
  ],
  'conference-people-': ['Участников в конференции:', 'People in the conference:'],
  'conference-joined': ['Новый участник вошёл.', 'Somebody has joined.'],
  'conference-left': ['Участник вышел.', 'Somebody has left.'],
  'conference-muted': ['Ваш микрофон выключен.', 'You are muted.'],
  'conference-unmuted': ['Ваш микрофон включён.', 'You are no longer muted.'],
  'conference-locked': ['Конференция закрыта для новых участников.', 'The conference is locked.'],
  'conference-full': ['В конференции нет свободных мест.', 'The conference is full.'],
  'conference-ended': ['Конференция окончена.', 'The conference has ended.'],
};

/** Names of the prompts that every switch has. */
export const BUILT_IN_PROMPTS: readonly string[] = Object.keys(PROMPTS);

/** What each recorded clip of a language says, by its name: prompts, and the words of `say`. */
export function recordedTexts(language: Language): ReadonlyMap<string, string> {
  const prompts = Object.entries(PROMPTS).map(([name, [ru, en]]): [string, string] => [
    name,
    language === 'ru' ? ru : en,
  ]);
  return new Map([...prompts, ...(language === 'ru' ? RUSSIAN_WORDS : ENGLISH_WORDS)]);
}
